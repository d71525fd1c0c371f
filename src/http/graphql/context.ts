import type { Viewer } from '../../auth/viewer.ts';
import type { RateLimits } from '../limits/rate-limits.ts';
import type { NoteFailure } from '../request-failures.ts';

/** Who asks, and from where. */
export interface Caller {
  readonly viewer: Viewer;
  readonly address: string;
  readonly noteFailure: NoteFailure;
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
