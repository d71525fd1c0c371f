import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type DocumentNode, execute, type GraphQLSchema, parse } from 'graphql';
import type { Container } from '../container.ts';
import { asksForHtml } from '../http/accepted.ts';
import { type BeginReading, viewerOfRequest } from '../http/graphql/context.ts';
import { noteSurprise } from '../http/graphql/masked-errors.ts';
import type { UnknownRoutes } from '../http/rest/unknown-route.ts';
import { loadBuiltPage } from '../page/built-page.ts';
import { type PageParts, pageRoutes, showPage } from '../page/page.routes.ts';

/** What people see, for browsers, and the links of the service at `/` for programs. */
export async function registerPage(
  app: FastifyInstance,
  container: Container,
  { schema, beginReading, unknown }: { schema: GraphQLSchema; beginReading: BeginReading; unknown: UnknownRoutes },
): Promise<void> {
  const { config, log } = container;
  const page = config.web ? await loadBuiltPage() : null;
  if (config.web && !page) log.warn('the page is not built, so none is served: npm run build makes it');
  const parts: PageParts = {
    settings: { auth: config.auth.mode },
    ask: queriesOf(container, schema, beginReading),
    now: () => new Date(),
  };
  pageRoutes(app, page, parts);
  if (page) unknown.show(asksForHtml, (request, reply) => showPage(page, parts, request, reply));
}

/** The queries of the page's own script, as anybody could send them. */
function queriesOf(container: Container, schema: GraphQLSchema, beginReading: BeginReading): PageParts['ask'] {
  /** There are as many as the page has. */
  const documents = new Map<string, DocumentNode>();
  const documentOf = (query: string) => {
    const document = documents.get(query) ?? parse(query);
    documents.set(query, document);
    return document;
  };
  return (request: FastifyRequest) => {
    const noteFailure = container.failures.of(request);
    return async (query, variables) => {
      const viewer = await viewerOfRequest(container, request);
      const contextValue = beginReading()({ viewer, address: request.ip, noteFailure });
      const { data, errors } = await execute({
        schema,
        document: documentOf(query),
        variableValues: { ...variables },
        contextValue,
      });
      for (const error of errors ?? []) noteSurprise(error, noteFailure);
      // As it travels: the page knows times as texts.
      return errors || !data ? null : JSON.parse(JSON.stringify(data));
    };
  };
}
