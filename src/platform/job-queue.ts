import type { z } from 'zod';

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
  /** Whether jobs can come to this process, as far as it knows. */
  readonly reachable: boolean;
  /** Stops taking jobs and waits for those that run, within a bound. */
  close(): Promise<void>;
}

export interface QueueLimits {
  /** Messages that a worker takes at once. */
  readonly concurrency: number;
  /** The wait of `close` for jobs that run. */
  readonly closeTimeoutMs: number;
}
