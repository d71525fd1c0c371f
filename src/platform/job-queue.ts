/** Names a booking that is to be finalized; what else there is to know the row says. Queues store it in clear. */
export interface FinalizationJob {
  readonly bookingId: number;
  /** An id may have come from another box office that shares our Redis by mistake. */
  readonly reference: string;
}

/** Never rejects, and bounds by itself how many jobs run at once. A repeated delivery of a finished job changes nothing. */
export type FinalizationHandler = (job: FinalizationJob) => Promise<void>;

/**
 * The fast way from a commit to a worker. A job is delivered once at best: one that is lost, or fails, is not brought
 * again. The PENDING booking is found by the sweeper, which does not ask the queue.
 */
export interface JobQueue {
  /** Takes the jobs of one commit. Rejects when the queue is out of reach. */
  enqueue(jobs: readonly FinalizationJob[]): Promise<void>;
  /** Starts to take jobs. Called at most once. */
  process(handler: FinalizationHandler): void;
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
