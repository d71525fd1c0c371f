import { setTimeout as delay } from 'node:timers/promises';
import type { JobHandler, JobQueue, QueueLimits } from '../job-queue.ts';

/** Jobs kept in memory; what comes on top is left to the sweeper. */
const MAX_JOBS = 100_000;

/** The queue of embedded mode: same handler, no service. */
export class LocalJobQueue<Job> implements JobQueue<Job> {
  readonly reachable = true;
  readonly #waiting: Job[] = [];
  readonly #running = new Set<Promise<void>>();
  readonly #closeTimeoutMs: number;
  #handler: JobHandler<Job> | null = null;
  #closed = false;

  constructor({ closeTimeoutMs }: Pick<QueueLimits, 'closeTimeoutMs'>) {
    this.#closeTimeoutMs = closeTimeoutMs;
  }

  async enqueue(jobs: readonly Job[]): Promise<void> {
    if (this.#closed) return;
    const room = Math.max(0, MAX_JOBS - this.#waiting.length - this.#running.size);
    this.#waiting.push(...jobs.slice(0, room));
    this.#runAll();
  }

  process(handler: JobHandler<Job>): void {
    this.#handler = handler;
    this.#runAll();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#waiting.length = 0;
    await Promise.race([Promise.all(this.#running), delay(this.#closeTimeoutMs, undefined, { ref: false })]);
  }

  #runAll(): void {
    if (!this.#handler) return;
    for (const job of this.#waiting.splice(0)) {
      const running: Promise<void> = this.#handler(job).finally(() => this.#running.delete(running));
      this.#running.add(running);
    }
  }
}
