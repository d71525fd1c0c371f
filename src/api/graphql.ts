import { fastifyApolloHandler } from '@as-integrations/fastify';
import type { FastifyInstance } from 'fastify';
import type { GraphQLSchema, OperationTypeNode } from 'graphql';
import { isPermitted } from '../auth/permissions.ts';
import { batchLimitBytes } from '../config.ts';
import type { Container } from '../container.ts';
import type { DoorContext } from '../door/door-use-cases.ts';
import { startApollo } from '../http/graphql/apollo.ts';
import { type BeginReading, viewerOfRequest } from '../http/graphql/context.ts';
import { serveGraphiql } from '../http/graphql/graphiql.ts';
import { guardOperations } from '../http/graphql/guard-operations.ts';
import { graphqlErrorHandler } from '../http/graphql/masked-errors.ts';
import { openWebSockets } from '../http/graphql/open-websockets.ts';
import { admitQueriesByGet } from '../http/graphql/queries-by-get.ts';
import { subscriptionHandlers } from '../http/graphql/subscription-handlers.ts';
import { subscriptionParts } from '../http/graphql/subscription-parts.ts';
import { largeBodies } from '../http/limits/large-bodies.ts';
import type { RateLimits } from '../http/limits/rate-limits.ts';
import { protectPages } from '../http/security-headers.ts';
import type { ReportContext } from '../reports/report-use-cases.ts';
import type { TicketContext } from '../tickets/ticket-use-cases.ts';
import type { WaitingListContext } from '../waiting-list/waiting-list-use-cases.ts';
import { buildGraphqlSchema } from './graphql-schema.ts';
import { RowLoaders } from './row-loaders.ts';

/** GraphQL over HTTP and, for subscriptions, over WebSockets. */
export async function registerGraphql(
  app: FastifyInstance,
  container: Container,
  rateLimits: RateLimits,
): Promise<{ schema: GraphQLSchema; beginReading: BeginReading }> {
  const { failures, config } = container;
  const answerError = graphqlErrorHandler(failures);
  const schema = buildGraphqlSchema();
  guardOperations(schema);
  const apollo = await startApollo(schema, container);
  const beginReading = graphqlContexts(container, rateLimits);
  const handler = fastifyApolloHandler(apollo, {
    async context(request, reply) {
      reply.header('Cache-Control', 'no-store');
      const viewer = await viewerOfRequest(container, request);
      const noteKind = (kind: OperationTypeNode) => {
        request.operationKind = kind;
      };
      return beginReading()({ viewer, address: request.ip, noteFailure: failures.of(request), noteKind });
    },
  });
  await app.register(async (graphql) => {
    graphql.setErrorHandler(answerError);
    const route = { method: 'POST', url: '/graphql', handler } as const;
    graphql.route(route);
    graphql.route({
      ...route,
      ...largeBodies(batchLimitBytes(config), (credentials) => mayBatch(container, credentials)),
    });
  });
  await app.register(async (graphql) => {
    graphql.setErrorHandler(answerError);
    graphql.addHook('onRequest', admitQueriesByGet(config.corsOrigins));
    // Apollo Sandbox has its scripts from Apollo's site.
    await protectPages(graphql, 'their own');
    await openWebSockets(graphql, config.websocket);
    graphql.route({
      method: 'GET',
      url: '/graphql',
      handler,
      ...subscriptionHandlers(subscriptionParts(schema, container, beginReading)),
    });
  });
  if (config.introspection) await serveGraphiql(app);
  app.addHook('onClose', () => apollo.stop());
  return { schema, beginReading };
}

/** Batches of check-ins are the one thing whose body is long. */
async function mayBatch({ authenticator }: Container, credentials: unknown): Promise<boolean> {
  return isPermitted(await authenticator.identify(credentials), 'checkInBatch');
}

type Context = TicketContext & DoorContext & ReportContext & WaitingListContext;

/** What the resolvers of all features get. */
function graphqlContexts(useCases: Container, rateLimits: RateLimits): BeginReading {
  return () => {
    const rows = new RowLoaders(useCases);
    return (caller): Context => ({ ...caller, rateLimits, useCases, rows });
  };
}
