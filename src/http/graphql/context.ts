import type { FastifyRequest } from 'fastify';
import { GraphQLError, type OperationTypeNode } from 'graphql';
import type { Viewer } from '../../auth/viewer.ts';
import { ERRORS } from '../error-mapping.ts';
import type { RateLimits } from '../limits/rate-limits.ts';
import type { NoteFailure } from '../request-failures.ts';
import type { ServerParts } from '../server-parts.ts';
import { extensionsOf } from './masked-errors.ts';

/** Who asks, and from where. */
export interface Caller {
  readonly viewer: Viewer;
  readonly address: string;
  readonly noteFailure: NoteFailure;
  /** Told what kind of operation a request has; it came over no socket then. */
  readonly noteKind?: (kind: OperationTypeNode) => void;
}

/** Made for each operation. Each feature says what else its resolvers find there. */
export interface GraphqlContext extends Caller {
  readonly rateLimits: RateLimits;
  /** Whose rows a subscription may see, once it was let in; null: anybody's. */
  only?: string | null;
}

/** Contexts that share what their operations read. */
export type MakeContext = (caller: Caller) => GraphqlContext;

/** Begins with nothing read. */
export type BeginReading = () => MakeContext;

/** @throws GraphQLError with the status of the whole answer: a bad token is refused whatever is asked with it */
export async function viewerOfRequest(
  { authenticator, failures }: Pick<ServerParts, 'authenticator' | 'failures'>,
  request: FastifyRequest,
): Promise<Viewer> {
  try {
    return await authenticator.identify(request.headers.authorization);
  } catch (error) {
    const shown = failures.of(request)(error);
    const headersOfAnswer = new Map(shown.code === 'UNAUTHENTICATED' ? [['www-authenticate', 'Bearer']] : []);
    throw new GraphQLError(shown.message, {
      extensions: { ...extensionsOf(shown), http: { status: ERRORS[shown.code].httpStatus, headers: headersOfAnswer } },
    });
  }
}
