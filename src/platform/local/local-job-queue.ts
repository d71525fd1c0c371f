import { setTimeout as delay } from 'node:timers/promises';
import PQueue from 'p-queue';
import {
  type FinalizationHandler,
  type FinalizationJob,
  type JobQueue,
  type RetryPolicy,
  retryDelayMs,
} from '../job-queue.ts';
import type { Logger } from '../logger.ts';

/** Jobs kept in memory; what comes on top is left to the sweeper. */
const MAX_JOBS = 100_000;

/** The queue of embedded mode: same handler, same retry policy, no service. */
export class LocalJobQueue implements JobQueue {
  readonly #retry: RetryPolicy;
  readonly #log: Logger;
  readonly #queue: PQueue;
  readonly #known = new Set<string>();
  readonly #closing = new AbortController();
  #handler: FinalizationHandler | null = null;

  constructor(retry: RetryPolicy, log: Logger) {
    this.#retry = retry;
    this.#log = log;
    this.#queue = new PQueue({ concurrency: retry.concurrency, autoStart: false });
  }

  async enqueue(jobs: readonly FinalizationJob[]): Promise<void> {
    for (const job of jobs) {
      if (this.#known.has(job.reference) || this.#known.size >= MAX_JOBS || this.#closing.signal.aborted) continue;
      this.#known.add(job.reference);
      this.#add(job, 0);
    }
  }

  enqueueTogether(jobs: readonly FinalizationJob[]): Promise<void> {
    return this.enqueue(jobs);
  }

  process(handler: FinalizationHandler): void {
    this.#handler = handler;
    this.#queue.start();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#queue.clear();
    await Promise.race([this.#queue.onIdle(), delay(this.#retry.closeTimeoutMs, undefined, { ref: false })]);
  }

  #add(job: FinalizationJob, failures: number): void {
    void this.#queue.add(() => this.#run(this.#handler as FinalizationHandler, job, failures));
  }

  /** Never rejects. A job that ends without effect is found again by the sweeper. */
  async #run(handler: FinalizationHandler, job: FinalizationJob, failures: number): Promise<void> {
    try {
      await handler.run(job);
    } catch (error) {
      const failed = failures + 1;
      if (failed < this.#retry.maxAttempts) return this.#addLater(job, failed);
      await handler
        .giveUp(job, error)
        .catch((e: unknown) => this.#log.warn({ err: e, bookingId: job.bookingId }, 'left to the sweeper'));
    }
    this.#known.delete(job.reference);
  }

  #addLater(job: FinalizationJob, failures: number): void {
    delay(retryDelayMs(this.#retry, failures), undefined, { signal: this.#closing.signal, ref: false }).then(
      () => this.#add(job, failures),
      () => this.#known.delete(job.reference),
    );
  }
}
