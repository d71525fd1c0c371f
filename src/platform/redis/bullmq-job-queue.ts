import { Queue, UnrecoverableError, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import type { z } from 'zod';
import type { Logger } from '../logger.ts';
import type { RepeatedTrouble } from '../repeated-trouble.ts';
import type { JobHandler, JobKind, JobQueue, QueueDepth, QueueLimits } from '../services.ts';
import type { Tracing } from '../tracing.ts';

/** A message costs Redis and both processes as much as dozens of bookings do. docs/decisions/0004 */
const MAX_PER_MESSAGE = 50;

type Message = Parameters<Queue['addBulk']>[0][number];

export interface BullmqJobQueueOptions<Job> {
  readonly jobs: JobKind<Job>;
  /** Fails fast: adding a job must not wait for a Redis that is away. */
  readonly producer: Redis;
  /** Opens a connection that waits for Redis; only called by a worker. */
  readonly connectWorker: () => Redis;
  readonly prefix: string;
  readonly limits: QueueLimits;
  readonly log: Logger;
  readonly trouble: RepeatedTrouble;
  readonly tracing: Pick<Tracing, 'ofQueue'>;
  /** Told of jobs that Redis did not take. */
  readonly onUnsent: (error: unknown, jobs: number) => void;
}

/** Messages that are tried once: whatever becomes of them, the sweeper finds the bookings that are left PENDING. */
export class BullmqJobQueue<Job> implements JobQueue<Job> {
  readonly #options: BullmqJobQueueOptions<Job>;
  readonly #queue: Queue;
  readonly #messageSchema: z.ZodType<Job[]>;
  #worker: Worker | null = null;
  #workerConnection: Redis | null = null;

  constructor(options: BullmqJobQueueOptions<Job>) {
    this.#options = options;
    this.#messageSchema = options.jobs.schema.array().min(1).max(MAX_PER_MESSAGE);
    this.#queue = new Queue(options.jobs.queue, {
      connection: options.producer,
      prefix: options.prefix,
      ...telemetryOf(options),
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

  async enqueue(jobs: readonly Job[]): Promise<void> {
    try {
      if (this.#options.producer.status !== 'ready') throw new Error('redis is out of reach');
      await this.#queue.addBulk(this.#messagesOf(jobs));
    } catch (error) {
      this.#options.onUnsent(error, jobs.length);
      throw error;
    }
  }

  process(handler: JobHandler<Job>): void {
    const { jobs, log, trouble, limits, prefix } = this.#options;
    const connection = this.#options.connectWorker();
    this.#workerConnection = connection;
    this.#worker = new Worker(jobs.queue, (message) => this.#handle(message, handler), {
      connection,
      prefix,
      ...telemetryOf(this.#options),
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

  async depth(): Promise<QueueDepth> {
    if (this.#options.producer.status !== 'ready') throw new Error('redis is out of reach');
    const { waiting = 0, active = 0 } = await this.#queue.getJobCounts('waiting', 'active');
    return { waiting, active };
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

  #messagesOf(jobs: readonly Job[]): Message[] {
    const { queue, idOf } = this.#options.jobs;
    return Array.from({ length: Math.ceil(jobs.length / MAX_PER_MESSAGE) }, (_, i) => {
      const data = jobs.slice(i * MAX_PER_MESSAGE, (i + 1) * MAX_PER_MESSAGE);
      // Under an id that no other commit can have: one that BullMQ knows already would be ignored.
      return { name: queue, data, opts: { jobId: idOf(data[0] as Job) } };
    });
  }

  async #handle(message: { readonly data: unknown }, handler: JobHandler<Job>): Promise<void> {
    const { success, data } = this.#messageSchema.safeParse(message.data);
    if (!success) throw new UnrecoverableError('not a job of this queue');
    await Promise.all(data.map((job) => handler(job)));
  }
}

function telemetryOf({ tracing: { ofQueue: telemetry } }: Pick<BullmqJobQueueOptions<never>, 'tracing'>) {
  return telemetry && { telemetry };
}
