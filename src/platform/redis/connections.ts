import { once } from 'node:events';
import { Redis, type RedisOptions } from 'ioredis';
import type { Logger } from '../logger.ts';

/** For adding jobs and hints: an answer within half a second, or an error. Nothing is kept for later. */
const FAIL_FAST: RedisOptions = {
  maxRetriesPerRequest: 0,
  enableOfflineQueue: false,
  commandTimeout: 500,
  connectTimeout: 1_000,
};
/** For votes on a lock: one that comes later than this is as good as none, see LockMaster. */
const VOTE: RedisOptions = { ...FAIL_FAST, commandTimeout: 250 };
/** For the worker and the subscriber: waits for Redis as long as it takes. */
const PATIENT: RedisOptions = { maxRetriesPerRequest: null, connectTimeout: 1_000 };

const MAX_RECONNECT_DELAY_MS = 1_000;
const START_WAIT_MS = 1_000;

export function connectRedis(url: string, policy: 'fail-fast' | 'patient', role: string, log: Logger): Redis {
  const redis = open(url, policy === 'fail-fast' ? FAIL_FAST : PATIENT);
  logOutages(redis, role, log);
  return redis;
}

/** For a LockMaster, which tells of its outages. */
export function connectVoter(url: string): Redis {
  return open(url, VOTE);
}

function open(url: string, policy: RedisOptions): Redis {
  return new Redis(url, { ...policy, retryStrategy: (times) => Math.min(MAX_RECONNECT_DELAY_MS, 50 * times) });
}

/** One line when the connection is lost and one when it is back, however often it was tried between. */
function logOutages(redis: Redis, role: string, log: Logger): void {
  let down = false;
  redis.on('error', (error: Error) => {
    if (!down) log.warn({ role, reason: error.message || error.name }, 'redis is out of reach, going on without it');
    down = true;
  });
  redis.on('ready', () => {
    if (down) log.info({ role }, 'redis is back');
    down = false;
  });
}

/** Resolves when all connections are ready, and after a second also when they are not. */
export async function readyOrLater(connections: readonly Redis[]): Promise<void> {
  const ready = connections.map(
    (redis) => redis.status === 'ready' || once(redis, 'ready', { signal: AbortSignal.timeout(START_WAIT_MS) }),
  );
  await Promise.allSettled(ready);
}

/** Resolves with whether the connection answers within a second. */
export async function answersPing(redis: Redis): Promise<boolean> {
  const timeout = new Promise<false>((resolve) => setTimeout(resolve, 1_000, false).unref());
  const pong = redis.status === 'ready' ? redis.ping().then(() => true) : Promise.resolve(false);
  return Promise.race([pong.catch(() => false), timeout]);
}
