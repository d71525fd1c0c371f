/** The work of finalizing one booking. It holds no personal data: queues store it in clear. */
export interface FinalizationJob {
  readonly bookingId: number;
  readonly eventId: number;
  readonly reference: string;
  readonly quantity: number;
}

export interface FinalizationHandler {
  /** Rejects when the job shall be tried again. A repeated delivery of a finished job changes nothing. */
  run(job: FinalizationJob): Promise<void>;
  /** Called instead of another try when the attempts are used up; rejects when it could not be noted down. */
  giveUp(job: FinalizationJob, error: unknown): Promise<void>;
}

/** Hands jobs to a worker, at least once. A lost job is no loss: the sweeper finds the PENDING booking. */
export interface JobQueue {
  /** Rejects when the queue is out of reach. A job that waits or runs already is not added again. */
  enqueue(jobs: readonly FinalizationJob[]): Promise<void>;
  /** The same for bookings of one commit, which nobody can have enqueued yet: they may travel together. */
  enqueueTogether(jobs: readonly FinalizationJob[]): Promise<void>;
  /** Starts to take jobs. Called at most once. */
  process(handler: FinalizationHandler): void;
  /** Stops taking jobs and waits for those that run, within a bound. */
  close(): Promise<void>;
}

export interface RetryPolicy {
  readonly concurrency: number;
  readonly maxAttempts: number;
  readonly retryDelayMs: number;
  /** The wait of `close` for jobs that run. */
  readonly closeTimeoutMs: number;
}

const MAX_RETRY_DELAY_MS = 30_000;

/** Exponential backoff with jitter: half fixed, half random. `failures` counts from 1. */
export function retryDelayMs(policy: RetryPolicy, failures: number): number {
  const full = Math.min(MAX_RETRY_DELAY_MS, policy.retryDelayMs * 2 ** (failures - 1));
  return Math.round(full / 2 + (Math.random() * full) / 2);
}
