import { FINALIZATION, type FinalizationJob } from './bookings/finalization-job.ts';
import type { Config } from './config.ts';
import { type ConnectOptions, type Failpoints, noFailpoints } from './platform/connect-options.ts';
import { LastError } from './platform/last-error.ts';
import { localServices } from './platform/local/local-services.ts';
import { createLogger, type Logger } from './platform/logger.ts';
import { showPool, showSizeOfLog } from './platform/metrics/storage-metrics.ts';
import { createMetrics, type Metrics } from './platform/metrics.ts';
import { RepeatedTrouble } from './platform/repeated-trouble.ts';
import type { Services } from './platform/services.ts';
import { tracedDatabase, tracedPubSub } from './platform/traced.ts';
import { NO_TRACING, type Tracing } from './platform/tracing.ts';
import { TurnedAway } from './platform/turned-away.ts';
import { openWatchedDatabase } from './watched-database.ts';

/** What a command or a test puts in place of what is usual. */
export interface SurroundingsOverrides {
  readonly database?: ConnectOptions;
  readonly failpoints?: Failpoints;
  readonly services?: Partial<Services<FinalizationJob>>;
  readonly log?: Logger;
  /** What `log` tells of its errors. */
  readonly lastError?: LastError;
  readonly now?: () => Date;
  readonly tracing?: Tracing;
}

export type Surroundings = Awaited<ReturnType<typeof openSurroundings>>;

/** What the box office stands on: its log, its database and its services, and who tells of their troubles. */
export async function openSurroundings(config: Config, overrides: SurroundingsOverrides) {
  const lastError = overrides.lastError ?? new LastError();
  const log = overrides.log ?? createLogger(config.logLevel, { lastError });
  const metrics = createMetrics();
  const { writeCheck, database } = await openWatchedDatabase(config.database, log, {
    onCommit: (transaction, seconds) => metrics.commitSeconds.observe({ transaction }, seconds),
    onPool: (pool) => showPool(metrics, pool),
    ...overrides.database,
    failpoints: overrides.failpoints ?? noFailpoints,
  });
  if (config.database.kind === 'sqlite') showSizeOfLog(metrics, config.database.file);
  const tracing = overrides.tracing ?? NO_TRACING;
  const services: Services<FinalizationJob> = {
    ...(await connectServices(config, { log, metrics, tracing })),
    ...overrides.services,
  };
  const db = writeCheck.watched();
  return {
    log,
    lastError,
    now: overrides.now ?? (() => new Date()),
    metrics,
    tracing,
    db: tracing.on ? tracedDatabase(db, tracing) : db,
    writeCheck,
    database,
    services: tracing.on ? { ...services, pubsub: tracedPubSub(services.pubsub, tracing) } : services,
    trouble: new RepeatedTrouble(log),
    databaseTrouble: new RepeatedTrouble(log, database),
    turnedAway: new TurnedAway(log),
  };
}

/** Loads the code for Redis only where there is one: it is a fifth of the start. */
async function connectServices(
  config: Config,
  parts: { log: Logger; metrics: Metrics; tracing: Tracing },
): Promise<Services<FinalizationJob>> {
  if (!config.redis) return localServices<FinalizationJob>(config.finalization);
  const { redisServices } = await import('./platform/redis/redis-services.ts');
  return redisServices(config.redis, { jobs: FINALIZATION, limits: config.finalization, ...parts });
}

export async function closeSurroundings({ db, database, services, turnedAway, tracing }: Surroundings): Promise<void> {
  await Promise.all([services.pubsub.close(), services.lock.close()]);
  await db.close();
  for (const dependency of [database, ...services.dependencies]) dependency.close();
  turnedAway.tell();
  await tracing.close();
}
