import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import { ApolloServerPluginCacheControlDisabled } from '@apollo/server/plugin/disabled';
import { ApolloServerPluginLandingPageLocalDefault } from '@apollo/server/plugin/landingPage/default';
import type { GraphQLFormattedError, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import { GraphQLError } from 'graphql';
import type { Logger } from '../../platform/logger.ts';
import { publicError, toPublicError } from '../error-mapping.ts';
import type { GraphqlContext } from './context.ts';

/** Tokens of one document; a long but reasonable query has a few hundred. */
export const MAX_TOKENS = 1_000;

/** Starts Apollo Server without a transport; it is stopped by whoever stops the HTTP server. */
export async function startApollo(schema: GraphQLSchema, log: Logger): Promise<ApolloServer<GraphqlContext>> {
  const apollo = new ApolloServer<GraphqlContext>({
    schema,
    csrfPrevention: true,
    allowBatchedHttpRequests: false,
    introspection: true,
    includeStacktraceInErrorResponses: false,
    hideSchemaDetailsFromClientErrors: true,
    stopOnTerminationSignals: false,
    persistedQueries: false,
    parseOptions: { maxTokens: MAX_TOKENS },
    formatError: maskError,
    plugins: [
      watchRequests,
      // It would wrap every resolver to find out that nothing here may be cached.
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginLandingPageLocalDefault({ footer: false }),
    ],
    logger: log,
  });
  await apollo.start();
  return apollo;
}

const watchRequests: ApolloServerPlugin<GraphqlContext> = {
  requestDidStart: async () => ({ didResolveOperation: refuseSubscription, didEncounterErrors: logErrors }),
};

/** Subscriptions have their own transport; executed here one would answer with its source. */
async function refuseSubscription({ operation }: { operation?: OperationDefinitionNode | undefined }): Promise<void> {
  if (operation?.operation !== 'subscription') return;
  throw new GraphQLError('Subscriptions are served over WebSocket (graphql-transport-ws) only.', {
    extensions: { code: 'BAD_USER_INPUT', http: { status: 400 } },
  });
}

async function logErrors(request: { errors: readonly GraphQLError[]; contextValue: GraphqlContext }): Promise<void> {
  for (const error of request.errors) logSurprise(error, request.contextValue.log);
}

/** The same for both transports: what the caller did wrong is told, everything else is masked. */
export function maskError(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  const original = thrownBehind(error);
  if (original instanceof GraphQLError) return formatted;
  const shown = toPublicError(original);
  return {
    message: shown.message,
    ...(formatted.locations && { locations: formatted.locations }),
    ...(formatted.path && { path: formatted.path }),
    extensions: { code: shown.code, ...(shown.problems.length > 0 && { problems: shown.problems }) },
  };
}

export function logSurprise(error: GraphQLError, log: Pick<Logger, 'debug' | 'warn' | 'error'>): void {
  const original = thrownBehind(error);
  if (!(original instanceof GraphQLError)) publicError(original, log);
}

/**
 * What our code threw, or the error itself when GraphQL found fault with the request: such an error may wrap the
 * complaint of a scalar, but points into the document. One from a resolver has a path, one from a stream neither.
 */
function thrownBehind(error: unknown): unknown {
  if (!(error instanceof GraphQLError) || !error.originalError) return error;
  return error.path || !error.nodes ? error.originalError : error;
}
