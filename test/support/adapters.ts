import { randomBytes } from 'node:crypto';
import { pino } from 'pino';
import { FINALIZATION, type FinalizationHandler, type FinalizationJob } from '../../src/bookings/finalization-job.ts';
import { type RedisConfig, readConfig } from '../../src/config.ts';
import { localServices } from '../../src/platform/local/local-services.ts';
import { createMetrics, type Metrics } from '../../src/platform/metrics.ts';
import { redisServices } from '../../src/platform/redis/redis-services.ts';
import type { Services } from '../../src/platform/services.ts';
import { NO_TRACING } from '../../src/platform/tracing.ts';
import { testRedisUrl } from './databases.ts';

export const ADAPTERS = ['local', 'redis'] as const;
export type Adapter = (typeof ADAPTERS)[number];

export interface OpenAdapters extends Services<FinalizationJob> {
  readonly prefix: string;
  readonly metrics: Metrics;
  /** What it logged as a warning or worse. */
  readonly warnings: readonly string[];
  close(): Promise<void>;
}

export interface AdapterOptions {
  readonly redisUrl?: string;
  /** The one of `redisUrl` when none are named. */
  readonly lockUrls?: readonly string[];
  /** The same as another's: two processes of one installation. */
  readonly prefix?: string;
  /** Messages that a worker takes at once. */
  readonly concurrency?: number;
}

/** The three ports as the composition root opens them, without a box office around. */
export async function openAdapters(adapter: Adapter, options: AdapterOptions = {}): Promise<OpenAdapters> {
  const warnings: string[] = [];
  const write = (line: string) => {
    warnings.push((JSON.parse(line) as { msg: string }).msg);
  };
  const log = pino({ level: 'warn' }, { write });
  const metrics = createMetrics();
  const limits = { concurrency: options.concurrency ?? 10, closeTimeoutMs: 5_000 };
  const prefix = options.prefix ?? `test-${randomBytes(6).toString('hex')}`;
  const url = options.redisUrl ?? testRedisUrl();
  const services =
    adapter === 'redis'
      ? await redisServices(
          { ...redisConfig(url, prefix), lockUrls: options.lockUrls ?? [url] },
          { jobs: FINALIZATION, limits, log, metrics, tracing: NO_TRACING },
        )
      : localServices<FinalizationJob>(limits);
  return {
    ...services,
    prefix,
    metrics,
    warnings,
    close: async () => {
      await services.queue.close();
      await Promise.all([services.pubsub.close(), services.lock.close()]);
      for (const dependency of services.dependencies) dependency.close();
    },
  };
}

function redisConfig(url: string, prefix: string): RedisConfig {
  return readConfig({ REDIS_URL: url, REDIS_PREFIX: prefix }).redis as RedisConfig;
}

let lastBookingId = 0;
export function newJob(): FinalizationJob {
  return { bookingId: ++lastBookingId, reference: randomBytes(8).toString('hex') };
}

/** Notes what it is called for. */
export function notingHandler() {
  const runs: number[] = [];
  const handler: FinalizationHandler = async ({ bookingId }) => {
    runs.push(bookingId);
  };
  return { handler, runs };
}

/** Counts the runs, and how many of them were at work at once. */
export function countingHandler() {
  const seen = { atWork: 0, most: 0, done: 0 };
  const handler: FinalizationHandler = async () => {
    seen.most = Math.max(seen.most, ++seen.atWork);
    for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
    seen.atWork--;
    seen.done++;
  };
  return { handler, seen };
}
