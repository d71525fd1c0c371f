import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled';
import type { GraphQLSchema } from 'graphql';
import { GraphQLError } from 'graphql';
import type { QueryLimits } from '../../config.ts';
import type { ServerParts } from '../server-parts.ts';
import type { GraphqlContext } from './context.ts';
import { unreadableDocument } from './document-faults.ts';
import { createDocumentStore } from './document-store.ts';
import { maskError, noteSurprise } from './masked-errors.ts';
import { assertComplexity } from './query-complexity.ts';
import { documentRules } from './query-limits.ts';
import { apolloSandbox } from './sandbox.ts';

/** Starts Apollo Server without a transport; it is stopped by whoever stops the HTTP server. */
export async function startApollo(
  schema: GraphQLSchema,
  { config, log }: Pick<ServerParts, 'config' | 'log'>,
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
      introspection ? apolloSandbox() : ApolloServerPluginLandingPageDisabled(),
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
      async didResolveOperation({ document, operation, operationName, request: { variables }, contextValue }) {
        if (!operation) return;
        contextValue.noteKind?.(operation.operation);
        if (operation.operation === 'subscription') throw subscriptionOverHttp();
        // A mutation answers no pages: what it may ask for is bounded by its length.
        if (operation.operation !== 'query') return;
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
