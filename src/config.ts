import { existsSync } from 'node:fs';
import { z } from 'zod';

/** What the environment asks for. This file is the only reader of process.env; names and defaults are listed in .env.example. */
export interface Config {
  readonly host: string;
  readonly port: number;
  readonly database: DatabaseConfig;
  /** null: embedded mode, no service needed. */
  readonly redis: RedisConfig | null;
  readonly authMode: 'off';
  readonly trustProxy: boolean;
  readonly logLevel: LogLevel;
  readonly booking: BookingLimits;
  readonly finalization: FinalizationConfig;
  readonly websocket: WebSocketLimits;
}

export type DatabaseConfig =
  | { readonly kind: 'sqlite'; readonly file: string }
  | { readonly kind: 'postgresql'; readonly url: string; readonly poolMax: number };

export interface RedisConfig {
  readonly url: string;
  /** Independent masters for Redlock; the one of `url` when none are named. */
  readonly lockUrls: readonly string[];
  /** Stands before every key, queue and channel, so that several installations can share a Redis. */
  readonly prefix: string;
}

export interface BookingLimits {
  /** Requests waiting for one event; the next one is answered BUSY. */
  readonly maxWaitingPerEvent: number;
  /** Bookings committed in one transaction. */
  readonly maxGroupSize: number;
  /** A request that has waited longer than this when its turn comes is answered BUSY. */
  readonly maxWaitMs: number;
}

interface FinalizationConfig {
  /** Simulated time of issuing the tickets of one booking. */
  readonly issuanceDelayMs: number;
  /** Bookings one worker process handles at the same moment. */
  readonly concurrency: number;
  /** Tries before a booking becomes FAILED. */
  readonly maxAttempts: number;
  /** Wait before the second try; it doubles with each further one. */
  readonly retryDelayMs: number;
  /** How often the sweeper looks for bookings whose job was lost. */
  readonly sweepIntervalMs: number;
  /** Age from which a PENDING booking is enqueued again. */
  readonly sweepAgeMs: number;
}

interface WebSocketLimits {
  readonly maxPayloadBytes: number;
  readonly maxSubscriptionsPerSocket: number;
}

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
type LogLevel = (typeof LOG_LEVELS)[number];

const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d+$/, 'must be a whole number')
    .transform(Number)
    .refine((n) => n >= min && n <= max, `must be from ${min} to ${max}`);

const redisUrl = z
  .string()
  .refine((url) => isUrlWith(url, ['redis:', 'rediss:']), 'must be a redis:// or rediss:// URL');

const environment = z.object({
  HOST: z.string().default('127.0.0.1'),
  PORT: wholeNumber(0, 65_535).default(8000),
  DATABASE_URL: z
    .string()
    .refine(
      (url) => /^sqlite:./.test(url) || isUrlWith(url, ['postgres:', 'postgresql:']),
      'must be sqlite:<file> or postgresql://user:password@host:port/database',
    )
    .default('sqlite:./data/boxoffice.db'),
  DATABASE_POOL_MAX: wholeNumber(2, 1_000).default(10),
  REDIS_URL: redisUrl.optional(),
  REDIS_LOCK_URLS: z
    .string()
    .transform((list) => list.split(',').map((url) => url.trim()))
    .pipe(z.array(redisUrl))
    .optional(),
  REDIS_PREFIX: z
    .string()
    .regex(/^[\w-]{1,64}$/, 'must be 1 to 64 letters, digits, "-" or "_"')
    .default('boxoffice'),
  AUTH_MODE: z.enum(['off'], 'must be off').default('off'),
  TRUST_PROXY: z.enum(['true', 'false'], 'must be true or false').default('false'),
  LOG_LEVEL: z.enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(', ')}`).default('info'),
  BOOKING_MAX_WAITING: wholeNumber(1, 1_000_000).default(5_000),
  BOOKING_MAX_GROUP: wholeNumber(1, 5_000).default(500),
  BOOKING_MAX_WAIT_MS: wholeNumber(100, 60_000).default(3_000),
  ISSUANCE_DELAY_MS: wholeNumber(0, 600_000).default(0),
  FINALIZE_CONCURRENCY: wholeNumber(1, 10_000).default(200),
  FINALIZE_ATTEMPTS: wholeNumber(1, 100).default(5),
  FINALIZE_RETRY_DELAY_MS: wholeNumber(1, 60_000).default(500),
  SWEEP_INTERVAL_MS: wholeNumber(50, 600_000).default(2_000),
  SWEEP_AGE_MS: wholeNumber(0, 600_000).default(5_000),
  WS_MAX_PAYLOAD_BYTES: wholeNumber(1_024, 16_777_216).default(65_536),
  WS_MAX_SUBSCRIPTIONS: wholeNumber(1, 10_000).default(20),
});

/** Every problem of a configuration, one line each. */
export class InvalidConfiguration extends Error {
  constructor(readonly problems: readonly string[]) {
    super(`Invalid configuration:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.name = 'InvalidConfiguration';
  }
}

/** Adds the variables of `.env` in the working directory, where there is one; those that are set already stay. */
export function loadEnvFile(): void {
  if (existsSync('.env')) process.loadEnvFile('.env');
}

/** @throws InvalidConfiguration naming every variable that is wrong. An empty variable counts as unset. */
export function readConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = environment.safeParse(set);
  if (!parsed.success) {
    throw new InvalidConfiguration(
      parsed.error.issues.map((issue) => `${issue.path[0]?.toString()}: ${issue.message}`),
    );
  }
  const e = parsed.data;
  if (e.REDIS_LOCK_URLS && !e.REDIS_URL) {
    throw new InvalidConfiguration(['REDIS_LOCK_URLS: needs REDIS_URL as well, for the queue and the live updates']);
  }
  return {
    host: e.HOST,
    port: e.PORT,
    database: e.DATABASE_URL.startsWith('sqlite:')
      ? { kind: 'sqlite', file: e.DATABASE_URL.slice('sqlite:'.length) }
      : { kind: 'postgresql', url: e.DATABASE_URL, poolMax: e.DATABASE_POOL_MAX },
    redis: e.REDIS_URL
      ? { url: e.REDIS_URL, lockUrls: e.REDIS_LOCK_URLS ?? [e.REDIS_URL], prefix: e.REDIS_PREFIX }
      : null,
    authMode: e.AUTH_MODE,
    trustProxy: e.TRUST_PROXY === 'true',
    logLevel: e.LOG_LEVEL,
    booking: {
      maxWaitingPerEvent: e.BOOKING_MAX_WAITING,
      maxGroupSize: e.BOOKING_MAX_GROUP,
      maxWaitMs: e.BOOKING_MAX_WAIT_MS,
    },
    finalization: {
      issuanceDelayMs: e.ISSUANCE_DELAY_MS,
      concurrency: e.FINALIZE_CONCURRENCY,
      maxAttempts: e.FINALIZE_ATTEMPTS,
      retryDelayMs: e.FINALIZE_RETRY_DELAY_MS,
      sweepIntervalMs: e.SWEEP_INTERVAL_MS,
      sweepAgeMs: e.SWEEP_AGE_MS,
    },
    websocket: { maxPayloadBytes: e.WS_MAX_PAYLOAD_BYTES, maxSubscriptionsPerSocket: e.WS_MAX_SUBSCRIPTIONS },
  };
}

function isUrlWith(text: string, protocols: readonly string[]): boolean {
  return URL.canParse(text) && protocols.includes(new URL(text).protocol) && new URL(text).hostname !== '';
}
