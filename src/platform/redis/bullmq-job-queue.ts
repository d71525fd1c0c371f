import { type Job, Queue, UnrecoverableError, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import {
  type FinalizationHandler,
  type FinalizationJob,
  type JobQueue,
  type RetryPolicy,
  retryDelayMs,
} from '../job-queue.ts';
import type { Logger } from '../logger.ts';

const QUEUE_NAME = 'finalization';
const CLOSE_DEADLINE_MS = 5_000;

const jobSchema = z.object({
  bookingId: z.int().positive(),
  eventId: z.int().positive(),
  reference: z.string(),
  quantity: z.int().positive(),
});

export interface BullmqJobQueueOptions {
  /** Fails fast: adding a job must not wait for a Redis that is away. */
  readonly producer: Redis;
  /** Opens a connection that waits for Redis; only called by a worker. */
  readonly connectWorker: () => Redis;
  readonly prefix: string;
  readonly retry: RetryPolicy;
  readonly log: Logger;
}

/** BullMQ delivers at least once; the guarded transition of the booking makes that once. */
export class BullmqJobQueue implements JobQueue {
  readonly #options: BullmqJobQueueOptions;
  readonly #queue: Queue;
  #worker: Worker | null = null;
  #workerConnection: Redis | null = null;

  constructor(options: BullmqJobQueueOptions) {
    this.#options = options;
    this.#queue = new Queue(QUEUE_NAME, {
      connection: options.producer,
      prefix: options.prefix,
      // Without these, a Redis that is away at the start would leave the queue broken for good.
      skipWaitingForReady: true,
      skipVersionCheck: true,
      defaultJobOptions: {
        attempts: options.retry.maxAttempts,
        backoff: { type: 'custom' },
        removeOnComplete: true,
        removeOnFail: true,
      },
    });
    this.#queue.on('error', () => {
      // The connection's own listener has logged it.
    });
  }

  async enqueue(jobs: readonly FinalizationJob[]): Promise<void> {
    if (this.#options.producer.status !== 'ready') throw new Error('redis is out of reach');
    await this.#queue.addBulk(
      jobs.map((job) => ({ name: 'finalize', data: job, opts: { jobId: `finalize-${job.reference}` } })),
    );
  }

  process(handler: FinalizationHandler): void {
    const { log, retry, prefix } = this.#options;
    this.#workerConnection = this.#options.connectWorker();
    this.#worker = new Worker(QUEUE_NAME, (job) => this.#handle(job, handler), {
      connection: this.#workerConnection,
      prefix,
      concurrency: retry.concurrency,
      stalledInterval: 5_000,
      // The jobs of a killed worker are taken up again after this.
      lockDuration: 10_000,
      settings: { backoffStrategy: (failures) => retryDelayMs(retry, failures) },
    });
    this.#worker.on('error', (error) => log.debug({ err: error }, 'queue worker'));
    this.#worker.on('failed', (job, error) => log.warn({ jobId: job?.id, err: error }, 'a finalization job failed'));
    this.#worker.on('stalled', (jobId) => log.warn({ jobId }, 'a finalization job stalled and is delivered again'));
    const connection = this.#workerConnection;
    connection.on('ready', () => void this.#warnOfEviction(connection));
  }

  async close(): Promise<void> {
    // With Redis away, BullMQ's close() may never resolve.
    const deadline = new Promise((resolve) => setTimeout(resolve, CLOSE_DEADLINE_MS).unref());
    if (this.#worker) await Promise.race([this.#worker.close().catch(() => undefined), deadline]);
    await Promise.race([this.#queue.close().catch(() => undefined), deadline]);
    this.#workerConnection?.disconnect();
    this.#options.producer.disconnect();
  }

  async #handle(job: Job, handler: FinalizationHandler): Promise<void> {
    const parsed = jobSchema.safeParse(job.data);
    if (!parsed.success) throw new UnrecoverableError('not a finalization job');
    try {
      await handler.run(parsed.data);
    } catch (error) {
      if (job.attemptsMade + 1 < this.#options.retry.maxAttempts) throw error;
      await handler.giveUp(parsed.data, error);
    }
  }

  async #warnOfEviction(connection: Redis): Promise<void> {
    try {
      const [, policy] = (await connection.config('GET', 'maxmemory-policy')) as string[];
      if (policy && policy !== 'noeviction') {
        this.#options.log.warn(
          { policy },
          'redis may evict jobs: set maxmemory-policy to noeviction. Evicted jobs come back late, by the sweeper',
        );
      }
    } catch (error) {
      this.#options.log.debug({ err: error }, 'redis does not tell its maxmemory-policy');
    }
  }
}
