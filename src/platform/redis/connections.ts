import { once } from 'node:events';
import { isIP } from 'node:net';
import type { ConnectionOptions, SecureContext } from 'node:tls';
import { Redis, type RedisOptions } from 'ioredis';
import type { RedisConfig } from '../../config.ts';
import type { Logger } from '../logger.ts';
import { type PemFile, tlsContext } from '../tls-context.ts';

/** For adding jobs and hints, and for votes on a lock: an answer in time, or an error. Nothing is kept for later. */
const FAIL_FAST: RedisOptions = { maxRetriesPerRequest: 0, enableOfflineQueue: false };
/** For votes on a lock: one that comes later than this is as good as none, see LockMaster. */
const VOTE_TIMEOUT_MS = 250;
/** For the worker and the subscriber: waits for Redis as long as it takes. */
const PATIENT: RedisOptions = { maxRetriesPerRequest: null };

const MAX_RECONNECT_DELAY_MS = 1_000;
const START_WAIT_MS = 1_000;

export interface RedisConnector {
  /** @param failed told when the connection is lost or cannot be had, each time that is tried */
  connect(url: string, policy: 'fail-fast' | 'patient', failed: (error: Error) => void): Redis;
  /** For a LockMaster, which hears of that itself. */
  connectVoter(url: string): Redis;
}

/** @throws when a file for TLS cannot be used */
export function redisConnector(config: RedisConfig, log: Logger): RedisConnector {
  const { connectTimeoutMs: connectTimeout, commandTimeoutMs: commandTimeout } = config;
  const tlsOf = redisTls(config, log);
  const open = (url: string, policy: RedisOptions) => {
    const tls = tlsOf(url);
    const retryStrategy = (times: number) => Math.min(MAX_RECONNECT_DELAY_MS, 50 * times);
    return new Redis(url, { ...policy, ...(tls && { tls }), connectTimeout, retryStrategy });
  };
  return {
    connect: (url, policy, failed) =>
      open(url, policy === 'fail-fast' ? { ...FAIL_FAST, commandTimeout } : PATIENT).on('error', failed),
    connectVoter: (url) => open(url, { ...FAIL_FAST, commandTimeout: Math.min(commandTimeout, VOTE_TIMEOUT_MS) }),
  };
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

/**
 * @returns for each URL the options of its TLS link, or none for plain text
 * @throws naming the variable, when a file cannot be used
 */
function redisTls({ tls }: RedisConfig, log: Logger): (url: string) => ConnectionOptions | undefined {
  const files = {
    roots: file('REDIS_TLS_CA_FILE', tls.ca),
    certificate: file('REDIS_TLS_CERT_FILE', tls.certificate),
    key: file('REDIS_TLS_KEY_FILE', tls.key),
  };
  const context = tlsContext(files, (problem) => log.warn(problem));
  // By ioredis, "REDISS://" would be plain text.
  return (url) => (new URL(url).protocol === 'rediss:' ? toHost(new URL(url).hostname, context) : undefined);
}

function toHost(host: string, context: () => SecureContext): ConnectionOptions {
  return {
    get secureContext() {
      return context();
    },
    // Many Redis services tell their customers apart by it; addresses may not stand there.
    ...(isIP(host.replace(/^\[|\]$/g, '')) === 0 && { servername: host }),
  };
}

function file(setting: string, path: string | null): PemFile | null {
  return path === null ? null : { setting, path };
}
