import type { RateLimiterAbstract } from 'rate-limiter-flexible';
import type { Dependency } from './dependency.ts';
import type { JobQueue } from './job-queue.ts';

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

/** Carries hints between processes. A hint may be lost or repeated; the database has the truth. */
export interface PubSub {
  /** Rejects when the hint could not be sent. */
  publish(topic: string, hint: unknown): Promise<void>;
  /** Resolves once hints published from now on reach the listener. @returns the function that ends it */
  subscribe(topic: string, listener: (hint: unknown) => void): Promise<() => void>;
  /** Calls the listener whenever hints may have been lost, such as after a reconnect. @returns the function that ends it */
  onGap(listener: () => void): () => void;
  close(): Promise<void>;
}

/**
 * The queue at an event's door: it keeps processes from fighting over one row. It is no guard.
 * A holder can be stopped for longer than its lease, so the conditional UPDATE decides, with or without the lock.
 */
export interface EventLock {
  /**
   * Runs `work` when the lock of the event is free, after a bounded wait also when it is not, or when the lock
   * service is out of reach. What `work` returns or throws is the result; trouble with the lock never changes it.
   */
  withLock<T>(eventId: number, work: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}
