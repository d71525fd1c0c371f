import { type Job, Queue, UnrecoverableError, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { FinalizationHandler, FinalizationJob, JobQueue, QueueLimits } from '../job-queue.ts';
import type { Logger } from '../logger.ts';
import type { RepeatedTrouble } from '../repeated-trouble.ts';

const QUEUE_NAME = 'finalization';
/** A message costs Redis and both processes as much as dozens of bookings do. docs/decisions/0004 */
const MAX_PER_MESSAGE = 50;

const messageSchema = z
  .array(z.object({ bookingId: z.int().positive(), reference: z.string() }))
  .min(1)
  .max(MAX_PER_MESSAGE);

type Message = Parameters<Queue['addBulk']>[0][number];

/** Under an id that no other commit can have: one that BullMQ knows already would be ignored. */
function messageOf(jobs: readonly FinalizationJob[]): Message {
  return { name: 'finalize', data: jobs, opts: { jobId: `finalize-${jobs[0]?.reference}` } };
}

function messagesOf(jobs: readonly FinalizationJob[]): Message[] {
  const messages: Message[] = [];
  for (let i = 0; i < jobs.length; i += MAX_PER_MESSAGE) messages.push(messageOf(jobs.slice(i, i + MAX_PER_MESSAGE)));
  return messages;
}

export interface BullmqJobQueueOptions {
  /** Fails fast: adding a job must not wait for a Redis that is away. */
  readonly producer: Redis;
  /** Opens a connection that waits for Redis; only called by a worker. */
  readonly connectWorker: () => Redis;
  readonly prefix: string;
  readonly limits: QueueLimits;
  readonly log: Logger;
  readonly trouble: RepeatedTrouble;
  /** Told of jobs that Redis did not take. */
  readonly onUnsent: (error: unknown, jobs: number) => void;
}

/** Messages that are tried once: whatever becomes of them, the sweeper finds the bookings that are left PENDING. */
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
      defaultJobOptions: { attempts: 1, removeOnComplete: true, removeOnFail: true },
    });
    this.#queue.on('error', () => {
      // The connection's own listener has logged it.
    });
  }

  get reachable(): boolean {
    return this.#workerConnection?.status === 'ready';
  }

  async enqueue(jobs: readonly FinalizationJob[]): Promise<void> {
    try {
      if (this.#options.producer.status !== 'ready') throw new Error('redis is out of reach');
      await this.#queue.addBulk(messagesOf(jobs));
    } catch (error) {
      this.#options.onUnsent(error, jobs.length);
      throw error;
    }
  }

  process(handler: FinalizationHandler): void {
    const { log, trouble, limits, prefix } = this.#options;
    const connection = this.#options.connectWorker();
    this.#workerConnection = connection;
    this.#worker = new Worker(QUEUE_NAME, (message) => handle(message, handler), {
      connection,
      prefix,
      concurrency: limits.concurrency,
      // The messages of a killed worker are removed, not delivered again.
      stalledInterval: 5_000,
      lockDuration: 10_000,
      maxStalledCount: 0,
    });
    this.#worker.on('error', (error) => log.debug({ err: error }, 'queue worker'));
    this.#worker.on('failed', (job, error) =>
      trouble.note('warn', 'a finalization job was dropped', error, { jobId: job?.id }),
    );
    connection.on('ready', () => void this.#warnOfEviction(connection));
  }

  async close(): Promise<void> {
    // With Redis away, BullMQ's close() may never resolve.
    const deadline = new Promise((resolve) => setTimeout(resolve, this.#options.limits.closeTimeoutMs).unref());
    if (this.#worker) await Promise.race([this.#worker.close().catch(() => undefined), deadline]);
    await Promise.race([this.#queue.close().catch(() => undefined), deadline]);
    this.#workerConnection?.disconnect();
    this.#options.producer.disconnect();
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

async function handle(message: Job, handler: FinalizationHandler): Promise<void> {
  const { success, data: jobs } = messageSchema.safeParse(message.data);
  if (!success) throw new UnrecoverableError('not a finalization job');
  await Promise.all(jobs.map((job) => handler(job)));
}
