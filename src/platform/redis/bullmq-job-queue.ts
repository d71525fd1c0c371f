import { type Job, Queue, UnrecoverableError, WaitingError, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import PQueue from 'p-queue';
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
/** A message costs Redis and both processes as much as dozens of bookings do. docs/decisions/0004 */
const MAX_PER_MESSAGE = 50;

const jobSchema = z.object({
  bookingId: z.int().positive(),
  eventId: z.int().positive(),
  reference: z.string(),
  quantity: z.int().positive(),
});
/** One booking, or those of one commit. */
const messageSchema = z.union([jobSchema, z.array(jobSchema).min(1).max(MAX_PER_MESSAGE)]);

class Closing extends Error {}

type BulkJob = Parameters<Queue['addBulk']>[0][number];

/** Under an id of its booking, so that it waits or runs at most once. */
function alone(job: FinalizationJob, opts: BulkJob['opts'] = {}): BulkJob {
  return { name: 'finalize', data: job, opts: { jobId: `finalize-${job.reference}`, ...opts } };
}

function together(jobs: readonly FinalizationJob[]): BulkJob {
  const [first, ...others] = jobs as [FinalizationJob, ...FinalizationJob[]];
  if (others.length === 0) return alone(first);
  return { name: 'finalize', data: jobs, opts: { jobId: `together-${first.reference}` } };
}

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
  readonly #running: PQueue;
  #closing = false;
  #worker: Worker | null = null;
  #workerConnection: Redis | null = null;

  constructor(options: BullmqJobQueueOptions) {
    this.#options = options;
    this.#running = new PQueue({ concurrency: options.retry.concurrency });
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

  enqueue(jobs: readonly FinalizationJob[]): Promise<void> {
    return this.#add(jobs.map((job) => alone(job)));
  }

  enqueueTogether(jobs: readonly FinalizationJob[]): Promise<void> {
    const messages: BulkJob[] = [];
    for (let i = 0; i < jobs.length; i += MAX_PER_MESSAGE) messages.push(together(jobs.slice(i, i + MAX_PER_MESSAGE)));
    return this.#add(messages);
  }

  process(handler: FinalizationHandler): void {
    const { log, retry, prefix } = this.#options;
    this.#workerConnection = this.#options.connectWorker();
    this.#worker = new Worker(QUEUE_NAME, (message, token) => this.#handle(message, token, handler), {
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
    this.#closing = true;
    // With Redis away, BullMQ's close() may never resolve.
    const deadline = new Promise((resolve) => setTimeout(resolve, this.#options.retry.closeTimeoutMs).unref());
    if (this.#worker) await Promise.race([this.#worker.close().catch(() => undefined), deadline]);
    await Promise.race([this.#queue.close().catch(() => undefined), deadline]);
    this.#workerConnection?.disconnect();
    this.#options.producer.disconnect();
  }

  async #add(messages: BulkJob[]): Promise<void> {
    if (this.#options.producer.status !== 'ready') throw new Error('redis is out of reach');
    await this.#queue.addBulk(messages);
  }

  async #handle(message: Job, token: string | undefined, handler: FinalizationHandler): Promise<void> {
    const parsed = messageSchema.safeParse(message.data);
    if (!parsed.success) throw new UnrecoverableError('not a finalization job');
    if (Array.isArray(parsed.data)) return this.#handleTogether(parsed.data, handler);
    try {
      await this.#run(parsed.data, handler);
    } catch (error) {
      if (error instanceof Closing) {
        await message.moveToWait(token);
        throw new WaitingError();
      }
      if (message.attemptsMade + 1 < (message.opts.attempts ?? 1)) throw error;
      await handler.giveUp(parsed.data, error);
    }
  }

  /** Those that fail go on alone, so that none holds up another. */
  async #handleTogether(jobs: readonly FinalizationJob[], handler: FinalizationHandler): Promise<void> {
    const again: BulkJob[] = [];
    await Promise.all(
      jobs.map(async (job) => {
        const retry = await this.#runOnce(job, handler);
        if (retry) again.push(retry);
      }),
    );
    if (again.length > 0) await this.#add(again);
  }

  /** @returns the message that tries again, when it is needed; never rejects */
  async #runOnce(job: FinalizationJob, handler: FinalizationHandler): Promise<BulkJob | null> {
    const { retry, log } = this.#options;
    try {
      await this.#run(job, handler);
      return null;
    } catch (error) {
      if (error instanceof Closing) return alone(job);
      log.warn({ bookingId: job.bookingId, err: error }, 'a finalization failed');
      if (retry.maxAttempts > 1) {
        return alone(job, { attempts: retry.maxAttempts - 1, delay: retryDelayMs(retry, 1) });
      }
      await handler
        .giveUp(job, error)
        .catch((e: unknown) => log.warn({ err: e, bookingId: job.bookingId }, 'left to the sweeper'));
      return null;
    }
  }

  #run(job: FinalizationJob, handler: FinalizationHandler): Promise<void> {
    return this.#running.add(async () => {
      if (this.#closing) throw new Closing('the worker is closing');
      await handler.run(job);
    });
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
