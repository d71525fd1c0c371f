import type { RateLimiterAbstract } from 'rate-limiter-flexible';
import type { z } from 'zod';
import type { Dependency } from './dependency.ts';

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
  subscribe(topic: string, listener: (hint: unknown) => void | Promise<void>): Promise<() => void>;
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

/** What a queue must know of its jobs. They are stored in clear. */
export interface JobKind<Job> {
  readonly queue: string;
  readonly schema: z.ZodType<Job>;
  /** Another for each job, however often the same is asked for. */
  readonly idOf: (job: Job) => string;
}

/** Never rejects, and bounds by itself how many jobs run at once. A repeated delivery of a finished job changes nothing. */
export type JobHandler<Job> = (job: Job) => Promise<void>;

/** The fast way from a commit to a worker. A job is delivered once at best: one that is lost, or fails, is not brought again. */
export interface JobQueue<Job> {
  /** Takes the jobs of one commit. Rejects when the queue is out of reach. */
  enqueue(jobs: readonly Job[]): Promise<void>;
  /** Starts to take jobs. Called at most once. */
  process(handler: JobHandler<Job>): void;
  /** What waits for a worker, and what workers are at. Rejects when the queue is out of reach. */
  depth(): Promise<QueueDepth>;
  /** Whether jobs can come to this process, as far as it knows. */
  readonly reachable: boolean;
  /** Stops taking jobs and waits for those that run, within a bound. */
  close(): Promise<void>;
}

/** Of messages, each with the jobs of one commit or a part of them. */
export interface QueueDepth {
  readonly waiting: number;
  readonly active: number;
}

export interface QueueLimits {
  /** Messages that a worker takes at once. */
  readonly concurrency: number;
  /** The wait of `close` for jobs that run. */
  readonly closeTimeoutMs: number;
}
