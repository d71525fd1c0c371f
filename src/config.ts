import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { linkContradictions } from './configuration/link-contradictions.ts';
import { withSecretFiles } from './configuration/secret-files.ts';
import { type DatabaseConfig, databaseConfig, type RedisConfig, redisConfig } from './configuration/services.ts';
import { unknownVariables, unreadLibpqVariables } from './configuration/unknown-variables.ts';
import { type Environment, environment, type LogFormat, type LogLevel } from './environment.ts';

export type { DatabaseConfig, RedisConfig } from './configuration/services.ts';

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
  /** Names that are answered to besides addresses and localhost; null: any. */
  readonly allowedHosts: readonly string[] | null;
  /** The addresses of the proxies whose X-Forwarded-For is believed, separated by commas; false: none. */
  readonly trustProxy: string | false;
  readonly logLevel: LogLevel;
  readonly logFormat: LogFormat;
  readonly booking: BookingLimits;
  readonly finalization: FinalizationConfig;
  readonly http: HttpLimits;
  readonly graphql: QueryLimits;
  readonly rateLimits: RateLimitConfig;
  readonly websocket: WebSocketLimits;
  /** From a signal to the end of the process, at the latest. */
  readonly shutdownTimeoutMs: number;
  /** What looks like a mistake and stops nothing, one line each. */
  readonly warnings: readonly string[];
}

export type AuthConfig =
  | { readonly mode: 'off' }
  | (({ readonly secret: string } | { readonly jwksUrl: string }) & {
      readonly mode: 'jwt';
      readonly issuer: string | null;
      readonly audience: string | null;
    });

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
  /** The wait for running jobs when the process ends. */
  readonly closeTimeoutMs: number;
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
  /** How long a process that is told to stop goes on answering before it closes its port. */
  readonly shutdownDrainMs: number;
  /** TCP connections of this process, idle ones and WebSockets among them. */
  readonly maxConnections: number;
  /** Those of one address that is no proxy of `trustProxy`; 0: any number. */
  readonly maxConnectionsPerAddress: number;
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

/** What the rate limits count an operation as: what changes something is not held up by those who only look. */
export type Lane = 'booking' | 'reading';

export type LaneLimits = Readonly<Record<Lane, number>>;

export interface WebSocketLimits {
  readonly maxPayloadBytes: number;
  /** Largest connection_init. */
  readonly maxInitBytes: number;
  /** What may wait for a client that does not read; more ends its socket. */
  readonly maxUnsentBytes: number;
  readonly maxSubscriptionsPerSocket: number;
  /** 0: any number. */
  readonly maxSocketsPerAddress: number;
  /** Of one user, or, without a token, of one address; 0: any number. */
  readonly maxSocketsPerWatcher: number;
  readonly maxSubscriptionsPerWatcher: number;
  /** A socket that has not sent connection_init by then is closed. */
  readonly initTimeoutMs: number;
  /** A message that its reader has not taken by then closes the socket. */
  readonly sendTimeoutMs: number;
}

/** Of the time of a shutdown; the rest is for what ends before and after them. */
const FOR_RUNNING_JOBS = 0.55;

/** Every problem of a configuration, one line each. */
export class InvalidConfiguration extends Error {
  constructor(readonly problems: readonly string[]) {
    super(`Invalid configuration:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.name = 'InvalidConfiguration';
  }
}

/** pg and MikroORM look there by themselves for what they were not given. */
const READ_BY_DRIVERS = /^(PG|MIKRO_ORM_)/;

/** The configuration of this process: its environment, and where that is silent a `.env` file in the working directory. */
export function loadConfig(): Config {
  const hasFile = existsSync('.env');
  if (hasFile) process.loadEnvFile('.env');
  const config = readConfig(process.env, hasFile ? Object.keys(parseEnv(readFileSync('.env', 'utf8'))) : []);
  for (const name of Object.keys(process.env)) if (READ_BY_DRIVERS.test(name)) delete process.env[name];
  return config;
}

/**
 * @param fromEnvFile the names that a `.env` file sets, each of which should be one of ours
 * @throws InvalidConfiguration naming every variable that is wrong. An empty variable counts as unset.
 */
export function readConfig(env: NodeJS.ProcessEnv = process.env, fromEnvFile: readonly string[] = []): Config {
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const given = withSecretFiles(set);
  const parsed = environment.safeParse(given.env);
  const wrong = parsed.error?.issues.map((issue) => `${issue.path[0]?.toString()}: ${issue.message}`) ?? [];
  const problems = [...given.problems, ...wrong];
  if (problems.length > 0 || !parsed.success) throw new InvalidConfiguration(problems);
  const e = parsed.data;
  const production = e.NODE_ENV === 'production';
  problems.push(...contradictions(e, production));
  if (problems.length > 0) throw new InvalidConfiguration(problems);
  const database = databaseConfig(e);
  return {
    host: e.HOST,
    port: e.PORT,
    database,
    redis: e.REDIS_URL ? redisConfig(e, e.REDIS_URL) : null,
    auth: authConfig(e),
    introspection: e.INTROSPECTION ? e.INTROSPECTION === 'on' : !production,
    corsOrigins: e.CORS_ORIGINS ?? [],
    allowedHosts: allowedHosts(e),
    trustProxy: e.TRUST_PROXY === 'false' ? false : e.TRUST_PROXY,
    logLevel: e.LOG_LEVEL,
    logFormat: e.LOG_FORMAT,
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
      closeTimeoutMs: Math.round(e.SHUTDOWN_TIMEOUT_MS * FOR_RUNNING_JOBS),
      sweepIntervalMs: e.SWEEP_INTERVAL_MS,
      sweepAgeMs: e.SWEEP_AGE_MS,
    },
    http: {
      bodyLimitBytes: e.BODY_LIMIT_BYTES,
      headersTimeoutMs: e.HTTP_HEADERS_TIMEOUT_MS,
      requestTimeoutMs: e.HTTP_REQUEST_TIMEOUT_MS,
      idleTimeoutMs: e.HTTP_IDLE_TIMEOUT_MS,
      shutdownDrainMs: e.SHUTDOWN_DRAIN_MS,
      maxConnections: e.MAX_CONNECTIONS,
      maxConnectionsPerAddress: e.ADDRESS_MAX_CONNECTIONS,
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
      maxInitBytes: e.WS_MAX_INIT_BYTES,
      maxUnsentBytes: e.WS_MAX_UNSENT_BYTES,
      maxSubscriptionsPerSocket: e.WS_MAX_SUBSCRIPTIONS,
      maxSocketsPerAddress: e.ADDRESS_MAX_SOCKETS,
      maxSocketsPerWatcher: e.WATCHER_MAX_SOCKETS,
      maxSubscriptionsPerWatcher: e.WATCHER_MAX_SUBSCRIPTIONS,
      initTimeoutMs: e.WS_INIT_TIMEOUT_MS,
      sendTimeoutMs: e.WS_SEND_TIMEOUT_MS,
    },
    shutdownTimeoutMs: e.SHUTDOWN_TIMEOUT_MS,
    warnings: [
      ...unknownVariables(set, fromEnvFile),
      ...(database.kind === 'postgresql' ? unreadLibpqVariables(set) : []),
    ],
  };
}

function* contradictions(e: Environment, production: boolean): Generator<string> {
  if (e.REDIS_LOCK_URLS && !e.REDIS_URL) {
    yield 'REDIS_LOCK_URLS: needs REDIS_URL as well, for the queue and the live updates';
  }
  yield* linkContradictions(e);
  if (production && !e.AUTH_MODE) {
    yield 'AUTH_MODE: must be set with NODE_ENV=production: jwt, or off when something in front knows the users';
  }
  if (e.AUTH_MODE !== 'jwt') return;
  if (!e.AUTH_JWT_SECRET && !e.AUTH_JWKS_URL) yield 'AUTH_MODE: jwt needs AUTH_JWT_SECRET or AUTH_JWKS_URL';
  if (e.AUTH_JWT_SECRET && e.AUTH_JWKS_URL) yield 'AUTH_JWKS_URL: cannot be used together with AUTH_JWT_SECRET';
  if (e.AUTH_JWKS_URL && !e.AUTH_AUDIENCE) {
    yield 'AUTH_AUDIENCE: is needed with AUTH_JWKS_URL: its owner signs tokens for other applications as well';
  }
}

function authConfig(e: Environment): AuthConfig {
  if (e.AUTH_MODE !== 'jwt') return { mode: 'off' };
  const expected = { mode: 'jwt', issuer: e.AUTH_ISSUER ?? null, audience: e.AUTH_AUDIENCE ?? null } as const;
  return e.AUTH_JWT_SECRET
    ? { ...expected, secret: e.AUTH_JWT_SECRET }
    : { ...expected, jwksUrl: e.AUTH_JWKS_URL as string };
}

/** By default what runs for itself on one machine is called by no other name than localhost. */
function allowedHosts({ ALLOWED_HOSTS: names, HOST: host, REDIS_URL: redis }: Environment): Config['allowedHosts'] {
  if (names) return names.includes('*') ? null : names;
  const isLoopback = /^(localhost|127\..*|::1)$/.test(host);
  return isLoopback && !redis ? [] : null;
}
