import type { RateLimiterAbstract } from 'rate-limiter-flexible';
import type { Dependency } from './dependency.ts';
import type { EventLock } from './event-lock.ts';
import type { JobQueue } from './job-queue.ts';
import type { PubSub } from './pubsub.ts';

/** Counts what a key does within a window; rejects with a RateLimiterRes when that is too much. */
export type Limiter = Pick<RateLimiterAbstract, 'consume'>;
export type CreateLimiter = (name: string, limit: { points: number; seconds: number }) => Limiter;

/** The ports that have a local and a Redis adapter. */
export interface Services<Job> {
  readonly lock: EventLock;
  readonly queue: JobQueue<Job>;
  readonly pubsub: PubSub;
  readonly createLimiter: CreateLimiter;
  /** Whether the services answer; always true without Redis. */
  readonly ready: () => Promise<boolean>;
  /** What they rest on, to be closed after them. */
  readonly dependencies: readonly Pick<Dependency, 'close'>[];
}
