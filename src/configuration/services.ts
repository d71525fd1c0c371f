import type { Environment } from '../environment.ts';

export type DatabaseConfig = SqliteConfig | PostgresqlConfig;

interface SqliteConfig {
  readonly kind: 'sqlite';
  readonly file: string;
  /** The wait of one statement for another process, with the event loop stopped; whole transactions are tried again. */
  readonly busyTimeoutMs: number;
  readonly cacheMib: number;
  /** How much of the file is mapped into memory; 0: nothing. */
  readonly mmapMib: number;
}

interface PostgresqlConfig {
  readonly kind: 'postgresql';
  readonly url: string;
  readonly poolMax: number;
  /** A connection that nobody has needed for so long is closed. */
  readonly poolIdleTimeoutMs: number;
  /** The wait for a connection, an old or a new one. */
  readonly connectTimeoutMs: number;
  readonly statementTimeoutMs: number;
  readonly lockTimeoutMs: number;
  /** A transaction that waits for its next statement longer than this is rolled back. */
  readonly idleInTransactionTimeoutMs: number;
}

export interface RedisConfig {
  readonly url: string;
  /** Independent masters for Redlock; the one of `url` when none are named. */
  readonly lockUrls: readonly string[];
  /** Stands before every key, queue and channel, so that several installations can share a Redis. */
  readonly prefix: string;
  readonly connectTimeoutMs: number;
  /** The wait for an answer, for what can be done without. */
  readonly commandTimeoutMs: number;
  readonly tls: RedisTlsFiles;
}

/** Paths of files in PEM format, for the rediss: URLs; null: Node's own roots, and no certificate of ours. */
interface RedisTlsFiles {
  readonly ca: string | null;
  readonly certificate: string | null;
  readonly key: string | null;
}

export function databaseConfig(e: Environment): DatabaseConfig {
  return e.DATABASE_URL.startsWith('sqlite:')
    ? {
        kind: 'sqlite',
        file: e.DATABASE_URL.slice('sqlite:'.length),
        busyTimeoutMs: e.SQLITE_BUSY_TIMEOUT_MS,
        cacheMib: e.SQLITE_CACHE_MIB,
        mmapMib: e.SQLITE_MMAP_MIB,
      }
    : {
        kind: 'postgresql',
        url: e.DATABASE_URL,
        poolMax: e.DATABASE_POOL_MAX,
        poolIdleTimeoutMs: e.DATABASE_POOL_IDLE_TIMEOUT_MS,
        connectTimeoutMs: e.DATABASE_CONNECT_TIMEOUT_MS,
        statementTimeoutMs: e.DATABASE_STATEMENT_TIMEOUT_MS,
        lockTimeoutMs: e.DATABASE_LOCK_TIMEOUT_MS,
        idleInTransactionTimeoutMs: e.DATABASE_IDLE_IN_TRANSACTION_TIMEOUT_MS,
      };
}

export function redisConfig(e: Environment, url: string): RedisConfig {
  return {
    url,
    lockUrls: e.REDIS_LOCK_URLS ?? [url],
    prefix: e.REDIS_PREFIX,
    connectTimeoutMs: e.REDIS_CONNECT_TIMEOUT_MS,
    commandTimeoutMs: e.REDIS_COMMAND_TIMEOUT_MS,
    tls: {
      ca: e.REDIS_TLS_CA_FILE ?? null,
      certificate: e.REDIS_TLS_CERT_FILE ?? null,
      key: e.REDIS_TLS_KEY_FILE ?? null,
    },
  };
}
