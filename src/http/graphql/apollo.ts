import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled';
import { ApolloServerPluginLandingPageLocalDefault } from '@apollo/server/plugin/landingPage/default';
import type { GraphQLErrorExtensions, GraphQLFormattedError, GraphQLSchema } from 'graphql';
import { GraphQLError } from 'graphql';
import type { QueryLimits } from '../../config.ts';
import type { Container } from '../../container.ts';
import type { BoxOfficeError } from '../../errors.ts';
import { toPublicError } from '../error-mapping.ts';
import type { NoteFailure } from '../request-failures.ts';
import type { GraphqlContext } from './context.ts';
import { unreadableDocument } from './document-faults.ts';
import { createDocumentStore } from './document-store.ts';
import { assertComplexity } from './query-complexity.ts';
import { documentRules } from './query-limits.ts';

/** Starts Apollo Server without a transport; it is stopped by whoever stops the HTTP server. */
export async function startApollo(
  schema: GraphQLSchema,
  { config, log }: Pick<Container, 'config' | 'log'>,
): Promise<ApolloServer<GraphqlContext>> {
  const { introspection, graphql: limits } = config;
  const apollo = new ApolloServer<GraphqlContext>({
    schema,
    csrfPrevention: true,
    allowBatchedHttpRequests: false,
    introspection,
    includeStacktraceInErrorResponses: false,
    hideSchemaDetailsFromClientErrors: true,
    stopOnTerminationSignals: false,
    persistedQueries: false,
    documentStore: createDocumentStore(),
    parseOptions: { maxTokens: limits.maxTokens },
    validationRules: documentRules(config),
    validationOptions: { maxErrors: 5 },
    executionOptions: { maxCoercionErrors: 5 },
    formatError: maskError,
    plugins: [
      watchRequests(schema, limits),
      // It would wrap every resolver to find out that nothing here may be cached.
      ApolloServerPluginCacheControlDisabled(),
      introspection
        ? ApolloServerPluginLandingPageLocalDefault({ footer: false })
        : ApolloServerPluginLandingPageDisabled(),
    ],
    logger: log,
  });
  await apollo.start();
  return apollo;
}

function watchRequests(schema: GraphQLSchema, { maxComplexity }: QueryLimits): ApolloServerPlugin<GraphqlContext> {
  return {
    // Apollo answers 500, unless another error is thrown here.
    async unexpectedErrorProcessingRequest({ error }) {
      const fault = unreadableDocument(error);
      if (fault) throw fault;
    },
    requestDidStart: async () => ({
      async didResolveOperation({ document, operation, operationName, request: { variables } }) {
        if (operation?.operation === 'subscription') throw subscriptionOverHttp();
        // A mutation answers no pages: what it may ask for is bounded by its length.
        if (operation?.operation !== 'query') return;
        const request = { variables, operationName: operationName ?? undefined };
        assertComplexity(schema, document, request, maxComplexity);
      },
      didEncounterErrors: noteErrors,
    }),
  };
}

/** Subscriptions have their own transport; executed here one would answer with its source. */
function subscriptionOverHttp(): GraphQLError {
  return new GraphQLError('Subscriptions are served over WebSocket (graphql-transport-ws) only.', {
    extensions: { code: 'BAD_USER_INPUT', http: { status: 400 } },
  });
}

async function noteErrors(request: { errors: readonly GraphQLError[]; contextValue: GraphqlContext }): Promise<void> {
  for (const error of request.errors) noteSurprise(error, request.contextValue.noteFailure);
}

/** The same for both transports: what the caller did wrong is told, everything else is masked. */
export function maskError(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  const original = thrownBehind(error);
  if (original instanceof GraphQLError) return withCode(readable(formatted, original));
  const shown = toPublicError(original);
  return {
    message: shown.message,
    ...(formatted.locations && { locations: formatted.locations }),
    ...(formatted.path && { path: formatted.path }),
    extensions: extensionsOf(shown),
  };
}

/** Where the parser ran out of stack, its message is Node's own. */
function readable(formatted: GraphQLFormattedError, { originalError }: GraphQLError): GraphQLFormattedError {
  const fault = originalError instanceof RangeError && unreadableDocument(originalError);
  return fault ? { ...formatted, message: fault.message } : formatted;
}

/**
 * GraphQL gives no codes to what is wrong with variables. Over WebSocket nobody does; over HTTP Apollo Server does, but
 * takes their being too many for an error of ours.
 */
function withCode(formatted: GraphQLFormattedError): GraphQLFormattedError {
  const { code = 'INTERNAL_SERVER_ERROR' } = formatted.extensions ?? {};
  if (formatted.path || code !== 'INTERNAL_SERVER_ERROR') return formatted;
  return { ...formatted, extensions: { ...formatted.extensions, code: 'BAD_USER_INPUT' } };
}

/** What GraphQL clients are told besides the message. */
export function extensionsOf(error: BoxOfficeError): GraphQLErrorExtensions {
  const { code, problems, retryAfterMs } = error;
  return { code, ...(problems.length > 0 && { problems }), ...(retryAfterMs !== null && { retryAfterMs }) };
}

export function noteSurprise(error: GraphQLError, noteFailure: NoteFailure): void {
  const original = thrownBehind(error);
  if (!(original instanceof GraphQLError)) noteFailure(original);
}

/**
 * What our code threw, or the error itself when GraphQL found fault with the request: such an error may wrap the
 * complaint of a scalar, but points into the document. One from a resolver has a path, one from a stream neither.
 */
function thrownBehind(error: unknown): unknown {
  if (!(error instanceof GraphQLError) || !error.originalError) return error;
  return error.path || !error.nodes ? error.originalError : error;
}
