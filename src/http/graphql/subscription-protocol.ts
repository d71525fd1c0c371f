import {
  type DocumentNode,
  type ExecutionArgs,
  GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
  getOperationAST,
  parse,
  specifiedRules,
} from 'graphql';
import { CloseCode, makeServer, type Server, type SubscribePayload } from 'graphql-ws';
import { LRUCache } from 'lru-cache';
import { TokenExpired } from '../../auth/token-verifier.ts';
import type { Viewer } from '../../auth/viewer.ts';
import type { Container } from '../../container.ts';
import { BoxOfficeError } from '../../errors.ts';
import type { RateLimits } from '../limits/rate-limits.ts';
import { logSurprise, maskError } from './apollo.ts';
import { type GraphqlContext, graphqlContext } from './context.ts';
import { problemsOf, unreadableDocument } from './document-faults.ts';
import { assertComplexity } from './query-complexity.ts';
import { documentRules } from './query-limits.ts';

const MAX_KEPT_DOCUMENT_CHARS = 1_000_000;

/** What the protocol knows of a socket. */
export interface SocketExtra {
  readonly address: string;
  /** Set once the connection is acknowledged. */
  viewer?: Viewer;
  readonly close: (code: number, reason: string) => void;
  /** @param atMs milliseconds since 1970 */
  readonly closeAt: (atMs: number, code: number, reason: string) => void;
}

type ConnectionParams = { readonly authorization?: unknown; readonly Authorization?: unknown };

/** graphql-transport-ws over any socket. Apollo's protections do not reach here, so the same ones stand here again. */
export function createSubscriptionServer(
  schema: GraphQLSchema,
  container: Container,
  rateLimits: RateLimits,
): Server<SocketExtra> {
  const { config, log } = container;
  const { maxSubscriptionsPerSocket, initTimeoutMs } = config.websocket;
  const rules = [...specifiedRules, ...documentRules(config)];
  const mask = (errors: readonly GraphQLError[]): GraphQLFormattedError[] =>
    errors.map((error) => {
      logSurprise(error, log);
      return maskError(error.toJSON(), error);
    });

  /** An error would be the end of a subscription. Who is told to try again later comes back by himself, and goes on. */
  function told(extra: SocketExtra, errors: readonly GraphQLError[]): GraphQLFormattedError[] {
    const shown = mask(errors);
    if (shown.some(({ extensions }) => extensions?.['code'] === 'SERVICE_UNAVAILABLE')) extra.close(...TRY_AGAIN_LATER);
    return shown;
  }

  /** Thousands who watch the same have one document together. */
  const documents = new LRUCache<string, DocumentNode>({
    maxSize: MAX_KEPT_DOCUMENT_CHARS,
    sizeCalculation: (_document, query) => query.length,
  });
  function read(query: string): DocumentNode {
    const document = parse(query, { maxTokens: config.graphql.maxTokens });
    const problems = problemsOf(schema, document, rules);
    if (problems.length > 0) throw new InvalidDocument(problems);
    documents.set(query, document);
    return document;
  }

  /** Parses and validates as Apollo does for HTTP, and lets subscriptions pass only. */
  function prepare({ query, variables, operationName }: SubscribePayload): Omit<ExecutionArgs, 'contextValue'> {
    const document = documents.get(query) ?? read(query);
    const operation = getOperationAST(document, operationName);
    if (!operation) throw clientError('Unknown operation.');
    if (operation.operation !== 'subscription') {
      throw clientError('Only subscriptions are served here; send queries and mutations by POST.');
    }
    const request = { variables: variables ?? undefined, operationName: operationName ?? undefined };
    assertComplexity(schema, document, request, config.graphql.maxComplexity);
    return { schema, document, variableValues: variables ?? null, operationName: operationName ?? null };
  }

  return makeServer<ConnectionParams, SocketExtra>({
    connectionInitWaitTimeout: initTimeoutMs,
    async onConnect(ctx) {
      const { authorization, Authorization } = ctx.connectionParams ?? {};
      try {
        const viewer = await container.authenticator.viewerOf(authorization ?? Authorization);
        if (viewer.expiresAtMs !== null) ctx.extra.closeAt(viewer.expiresAtMs, ...EXPIRED);
        ctx.extra.viewer = viewer;
        return true;
      } catch (error) {
        ctx.extra.close(...refusal(error));
        return false;
      }
    },
    onSubscribe({ subscriptions, extra }, _id, payload) {
      if (Object.keys(subscriptions).length > maxSubscriptionsPerSocket) {
        return [clientError(`At most ${maxSubscriptionsPerSocket} subscriptions per connection.`)];
      }
      try {
        const caller = { viewer: extra.viewer as Viewer, address: extra.address, log };
        return { ...prepare(payload), contextValue: graphqlContext(container, rateLimits, caller) };
      } catch (error) {
        if (error instanceof InvalidDocument) return coded(error.problems, 'GRAPHQL_VALIDATION_FAILED');
        const fault = error instanceof GraphQLError ? error : unreadableDocument(error);
        if (!fault) throw error;
        return fault.extensions['code'] ? [fault] : coded([fault], 'GRAPHQL_PARSE_FAILED');
      }
    },
    onNext({ extra }, _id, _payload, args, result) {
      (args.contextValue as GraphqlContext).rows.forget();
      return result.errors ? { data: result.data ?? null, errors: told(extra, result.errors) } : undefined;
    },
    onError: ({ extra }, _id, _payload, errors) => told(extra, errors),
  });
}

/**
 * Clients come back after Forbidden, when they may bring a fresh token, and never after Unauthorized.
 * https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md
 */
const EXPIRED = [CloseCode.Forbidden, 'Forbidden: the token has expired'] as const;
const BAD_TOKEN = [CloseCode.Unauthorized, 'Unauthorized'] as const;
const TRY_AGAIN_LATER = [1013, 'Service unavailable'] as const;

function refusal(error: unknown): readonly [number, string] {
  if (!(error instanceof BoxOfficeError)) throw error;
  if (error.code === 'SERVICE_UNAVAILABLE') return TRY_AGAIN_LATER;
  return error instanceof TokenExpired ? EXPIRED : BAD_TOKEN;
}

class InvalidDocument extends Error {
  constructor(readonly problems: readonly GraphQLError[]) {
    super('The document is not valid');
  }
}

/** The codes that Apollo Server gives to the same errors over HTTP. */
function coded(errors: readonly GraphQLError[], code: string): readonly GraphQLError[] {
  for (const error of errors) error.extensions['code'] = code;
  return errors;
}

function clientError(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } });
}
