import type { Viewer } from '../../auth/viewer.ts';
import type { Container } from '../../container.ts';
import type { RateLimits } from '../limits/rate-limits.ts';
import type { NoteFailure } from '../request-failures.ts';
import { RowLoaders } from './row-loaders.ts';

/** Who asks, and from where. */
interface Caller {
  readonly viewer: Viewer;
  readonly address: string;
  readonly noteFailure: NoteFailure;
}

/** What resolvers get: made for each operation. */
export interface GraphqlContext extends Caller {
  readonly container: Container;
  readonly rateLimits: RateLimits;
  readonly rows: RowLoaders;
  /** Whose rows a subscription may see, once it was let in; null: anybody's. */
  only?: string | null;
}

export function graphqlContext(container: Container, rateLimits: RateLimits, caller: Caller): GraphqlContext {
  return { ...caller, container, rateLimits, rows: new RowLoaders(container) };
}
