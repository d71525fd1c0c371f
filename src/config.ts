import { existsSync } from 'node:fs';
import { type Environment, environment, type LogLevel } from './environment.ts';

/** What the environment asks for. This file is the only reader of process.env; names, bounds and defaults are in environment.ts. */
export interface Config {
  readonly host: string;
  readonly port: number;
  readonly database: DatabaseConfig;
  /** null: embedded mode, no service needed. */
  readonly redis: RedisConfig | null;
  readonly auth: AuthConfig;
  /** Whether the GraphQL schema may be asked for and Apollo Sandbox is served. */
  readonly introspection: boolean;
  /** Origins of other sites' pages that may call. */
  readonly corsOrigins: readonly string[];
  /** Which proxies' X-Forwarded-For is believed: none, all, the last so many, or those of these addresses. */
  readonly trustProxy: boolean | number | string;
  readonly logLevel: LogLevel;
  readonly booking: BookingLimits;
  readonly finalization: FinalizationConfig;
  readonly http: HttpLimits;
  readonly graphql: QueryLimits;
  readonly rateLimits: RateLimitConfig;
  readonly websocket: WebSocketLimits;
}

export type AuthConfig =
  | { readonly mode: 'off' }
  | (({ readonly secret: string } | { readonly jwksUrl: string }) & {
      readonly mode: 'jwt';
      readonly issuer: string | null;
      readonly audience: string | null;
    });

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
  /** Failures of the issuer before a booking becomes FAILED. */
  readonly maxAttempts: number;
  /** Wait before the second try; it doubles with each further one. */
  readonly retryDelayMs: number;
  /** How often the sweeper looks for PENDING bookings that are due. */
  readonly sweepIntervalMs: number;
  /** Age at which a PENDING booking is due that no job has brought. */
  readonly sweepAgeMs: number;
}

interface HttpLimits {
  readonly bodyLimitBytes: number;
  /** A connection that has not sent its headers, or its whole request, by then is closed; as is one that is idle so long. */
  readonly headersTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly idleTimeoutMs: number;
  /** Requests of one address that are answered at the same time; 0: any number. */
  readonly maxRequestsPerAddress: number;
}

/** Bounds of one GraphQL document. */
export interface QueryLimits {
  readonly maxTokens: number;
  readonly maxDepth: number;
  readonly maxAliases: number;
  /** Times that one selection may repeat a field. */
  readonly maxDuplicates: number;
  readonly maxDirectives: number;
  /** Fields that may be answered, with each list counted as long as it was asked for. */
  readonly maxComplexity: number;
}

/** Operations within a window; 0: any number. */
export interface RateLimitConfig {
  readonly windowSeconds: number;
  readonly perUser: LaneLimits;
  readonly perAddress: LaneLimits;
}

export interface LaneLimits {
  readonly booking: number;
  readonly reading: number;
}

interface WebSocketLimits {
  readonly maxPayloadBytes: number;
  readonly maxSubscriptionsPerSocket: number;
  /** 0: any number. */
  readonly maxSocketsPerAddress: number;
  /** A socket that has not sent connection_init by then is closed. */
  readonly initTimeoutMs: number;
  /** A message that its reader has not taken by then closes the socket. */
  readonly sendTimeoutMs: number;
}

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
  const production = e.NODE_ENV === 'production';
  const problems = [...contradictions(e, production)];
  if (problems.length > 0) throw new InvalidConfiguration(problems);
  return {
    host: e.HOST,
    port: e.PORT,
    database: e.DATABASE_URL.startsWith('sqlite:')
      ? { kind: 'sqlite', file: e.DATABASE_URL.slice('sqlite:'.length) }
      : { kind: 'postgresql', url: e.DATABASE_URL, poolMax: e.DATABASE_POOL_MAX },
    redis: e.REDIS_URL
      ? { url: e.REDIS_URL, lockUrls: e.REDIS_LOCK_URLS ?? [e.REDIS_URL], prefix: e.REDIS_PREFIX }
      : null,
    auth: authConfig(e),
    introspection: e.INTROSPECTION ? e.INTROSPECTION === 'on' : !production,
    corsOrigins: e.CORS_ORIGINS ?? [],
    trustProxy: trustedProxies(e.TRUST_PROXY),
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
    http: {
      bodyLimitBytes: e.BODY_LIMIT_BYTES,
      headersTimeoutMs: e.HTTP_HEADERS_TIMEOUT_MS,
      requestTimeoutMs: e.HTTP_REQUEST_TIMEOUT_MS,
      idleTimeoutMs: e.HTTP_IDLE_TIMEOUT_MS,
      maxRequestsPerAddress: e.ADDRESS_MAX_REQUESTS,
    },
    graphql: {
      maxTokens: e.GRAPHQL_MAX_TOKENS,
      maxDepth: e.GRAPHQL_MAX_DEPTH,
      maxAliases: e.GRAPHQL_MAX_ALIASES,
      maxDuplicates: e.GRAPHQL_MAX_DUPLICATES,
      maxDirectives: e.GRAPHQL_MAX_DIRECTIVES,
      maxComplexity: e.GRAPHQL_MAX_COMPLEXITY,
    },
    rateLimits: {
      windowSeconds: e.RATE_LIMIT_WINDOW_SECONDS,
      perUser: { booking: e.RATE_LIMIT_USER_BOOKINGS, reading: e.RATE_LIMIT_USER_READS },
      perAddress: { booking: e.RATE_LIMIT_ADDRESS_BOOKINGS, reading: e.RATE_LIMIT_ADDRESS_READS },
    },
    websocket: {
      maxPayloadBytes: e.WS_MAX_PAYLOAD_BYTES,
      maxSubscriptionsPerSocket: e.WS_MAX_SUBSCRIPTIONS,
      maxSocketsPerAddress: e.ADDRESS_MAX_SOCKETS,
      initTimeoutMs: e.WS_INIT_TIMEOUT_MS,
      sendTimeoutMs: e.WS_SEND_TIMEOUT_MS,
    },
  };
}

function* contradictions(e: Environment, production: boolean): Generator<string> {
  if (e.REDIS_LOCK_URLS && !e.REDIS_URL) {
    yield 'REDIS_LOCK_URLS: needs REDIS_URL as well, for the queue and the live updates';
  }
  if (production && !e.AUTH_MODE) {
    yield 'AUTH_MODE: must be set with NODE_ENV=production: jwt, or off when something in front knows the users';
  }
  if (e.AUTH_MODE !== 'jwt') return;
  if (!e.AUTH_JWT_SECRET && !e.AUTH_JWKS_URL) yield 'AUTH_MODE: jwt needs AUTH_JWT_SECRET or AUTH_JWKS_URL';
  if (e.AUTH_JWT_SECRET && e.AUTH_JWKS_URL) yield 'AUTH_JWKS_URL: cannot be used together with AUTH_JWT_SECRET';
}

function authConfig(e: Environment): AuthConfig {
  if (e.AUTH_MODE !== 'jwt') return { mode: 'off' };
  const expected = { mode: 'jwt', issuer: e.AUTH_ISSUER ?? null, audience: e.AUTH_AUDIENCE ?? null } as const;
  return e.AUTH_JWT_SECRET
    ? { ...expected, secret: e.AUTH_JWT_SECRET }
    : { ...expected, jwksUrl: e.AUTH_JWKS_URL as string };
}

function trustedProxies(setting: string): Config['trustProxy'] {
  if (setting === 'true' || setting === 'false') return setting === 'true';
  return /^\d+$/.test(setting) ? Number(setting) : setting;
}
