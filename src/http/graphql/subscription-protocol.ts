import {
  type ExecutionArgs,
  GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
  getOperationAST,
  parse,
  validate,
} from 'graphql';
import { makeServer, type Server, type SubscribePayload } from 'graphql-ws';
import type { Container } from '../../container.ts';
import { logSurprise, MAX_TOKENS, maskError } from './apollo.ts';
import { type GraphqlContext, graphqlContext } from './context.ts';

/** graphql-transport-ws over any socket. Apollo's protections do not reach here, so the same ones stand here again. */
export function createSubscriptionServer(schema: GraphQLSchema, container: Container): Server {
  const { maxSubscriptionsPerSocket } = container.config.websocket;
  const mask = (errors: readonly GraphQLError[]): GraphQLFormattedError[] =>
    errors.map((error) => {
      logSurprise(error, container.log);
      return maskError(error.toJSON(), error);
    });

  return makeServer({
    onSubscribe(ctx, _id, payload) {
      if (Object.keys(ctx.subscriptions).length > maxSubscriptionsPerSocket) {
        return [clientError(`At most ${maxSubscriptionsPerSocket} subscriptions per connection.`)];
      }
      return prepare(schema, payload, container);
    },
    onNext(_ctx, _id, _payload, args, result) {
      (args.contextValue as GraphqlContext).rows.forget();
      return result.errors ? { data: result.data ?? null, errors: mask(result.errors) } : undefined;
    },
    onError: (_ctx, _id, _payload, errors) => mask(errors),
  });
}

/** Parses and validates as Apollo does for HTTP, and lets subscriptions pass only. */
function prepare(
  schema: GraphQLSchema,
  { query, variables, operationName }: SubscribePayload,
  container: Container,
): ExecutionArgs | readonly GraphQLError[] {
  let document: ExecutionArgs['document'];
  try {
    document = parse(query, { maxTokens: MAX_TOKENS });
  } catch (error) {
    if (error instanceof GraphQLError) return coded([error], 'GRAPHQL_PARSE_FAILED');
    throw error;
  }
  const problems = validate(schema, document, undefined, { maxErrors: 5, hideSuggestions: true });
  if (problems.length > 0) return coded(problems, 'GRAPHQL_VALIDATION_FAILED');
  const operation = getOperationAST(document, operationName);
  if (!operation) return [clientError('Unknown operation.')];
  if (operation.operation !== 'subscription') {
    return [clientError('Only subscriptions are served here; send queries and mutations by POST.')];
  }
  return {
    schema,
    document,
    variableValues: variables ?? null,
    operationName: operationName ?? null,
    contextValue: graphqlContext(container, container.log),
  };
}

/** The codes that Apollo Server gives to the same errors over HTTP. */
function coded(errors: readonly GraphQLError[], code: string): readonly GraphQLError[] {
  for (const error of errors) error.extensions['code'] = code;
  return errors;
}

function clientError(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } });
}
