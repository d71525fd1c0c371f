import { z } from 'zod';
import { mailSender, smtpServer } from './mail-rules.ts';
import { schemaOf, setting, type ValuesOf } from './setting.ts';
import { signingKeySet } from './signing-key-set.ts';
import {
  databaseUrl,
  hostName,
  httpUrl,
  jwtSecret,
  listOf,
  nodeEnv,
  notBlank,
  origin,
  orNull,
  proxies,
  publicUrl,
  redisUrl,
  wholeNumber,
} from './value-rules.ts';

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** @param preset what counts when the variable is not set */
const number = (variable: string, min: number, max: number, preset: number) =>
  setting(variable, wholeNumber(min, max).default(preset));

/** Every setting: its variable, its bounds and its default; .env.example lists them. */
export const SETTINGS = {
  host: setting('HOST', z.string().default('127.0.0.1')),
  port: number('PORT', 0, 65_535, 8000),
  databaseUrl: setting('DATABASE_URL', databaseUrl.default('sqlite:./data/boxoffice.db')),
  postgresql: {
    poolMax: number('DATABASE_POOL_MAX', 2, 1_000, 10),
    /** A connection that nobody has needed for so long is closed. */
    poolIdleTimeoutMs: number('DATABASE_POOL_IDLE_TIMEOUT_MS', 1_000, 3_600_000, 30_000),
    /** The wait for a connection, an old or a new one. */
    connectTimeoutMs: number('DATABASE_CONNECT_TIMEOUT_MS', 100, 60_000, 1_500),
    statementTimeoutMs: number('DATABASE_STATEMENT_TIMEOUT_MS', 100, 60_000, 2_000),
    lockTimeoutMs: number('DATABASE_LOCK_TIMEOUT_MS', 10, 60_000, 1_000),
    /** A transaction that waits for its next statement longer than this is rolled back. */
    idleInTransactionTimeoutMs: number('DATABASE_IDLE_IN_TRANSACTION_TIMEOUT_MS', 100, 60_000, 2_000),
  },
  sqlite: {
    /** The wait of one statement for another process, with the event loop stopped; whole transactions are tried again. */
    busyTimeoutMs: number('SQLITE_BUSY_TIMEOUT_MS', 0, 1_000, 5),
    cacheMib: number('SQLITE_CACHE_MIB', 1, 65_536, 64),
    /** How much of the file is mapped into memory; 0: nothing. */
    mmapMib: number('SQLITE_MMAP_MIB', 0, 2_047, 0),
  },
  redis: {
    url: setting('REDIS_URL', orNull(redisUrl)),
    /** Independent masters for Redlock; the one of `url` when none are named. */
    lockUrls: setting('REDIS_LOCK_URLS', orNull(listOf(redisUrl))),
    /** Stands before every key, queue and channel, so that several installations can share a Redis. */
    prefix: setting(
      'REDIS_PREFIX',
      z
        .string()
        .regex(/^[\w-]{1,64}$/, 'must be 1 to 64 letters, digits, "-" or "_"')
        .default('boxoffice'),
    ),
    connectTimeoutMs: number('REDIS_CONNECT_TIMEOUT_MS', 100, 60_000, 1_000),
    /** The wait for an answer, for what can be done without. */
    commandTimeoutMs: number('REDIS_COMMAND_TIMEOUT_MS', 50, 10_000, 500),
    /** Paths of files in PEM format, for the rediss: URLs; null: Node's own roots, and no certificate of ours. */
    tls: {
      ca: setting('REDIS_TLS_CA_FILE', orNull(z.string())),
      certificate: setting('REDIS_TLS_CERT_FILE', orNull(z.string())),
      key: setting('REDIS_TLS_KEY_FILE', orNull(z.string())),
    },
  },
  nodeEnv: setting('NODE_ENV', orNull(nodeEnv)),
  auth: {
    mode: setting('AUTH_MODE', orNull(z.enum(['off', 'jwt'], 'must be off or jwt'))),
    secret: setting('AUTH_JWT_SECRET', orNull(jwtSecret)),
    jwksUrl: setting('AUTH_JWKS_URL', orNull(httpUrl)),
    issuer: setting('AUTH_ISSUER', orNull(notBlank)),
    audience: setting('AUTH_AUDIENCE', orNull(notBlank)),
  },
  tickets: {
    /** Private keys, of which the first signs; null: one that is made and kept in the database. */
    signingKeys: setting('TICKET_SIGNING_KEYS', orNull(signingKeySet)),
  },
  /** Under which others reach this box office, without a slash at the end; null: not known. */
  publicUrl: setting('PUBLIC_URL', orNull(publicUrl)),
  /** Of the commands that ask a box office which runs somewhere. */
  client: {
    url: setting('BOXOFFICE_URL', httpUrl.default('http://127.0.0.1:8000')),
    /** A bearer token; null: none. */
    token: setting('BOXOFFICE_TOKEN', orNull(notBlank)),
  },
  /** The page that sells, beside the APIs. */
  web: setting('WEB', z.enum(['on', 'off'], 'must be on or off').default('on')),
  introspection: setting('INTROSPECTION', orNull(z.enum(['on', 'off'], 'must be on or off'))),
  /** Origins of other sites' pages that may call. */
  corsOrigins: setting('CORS_ORIGINS', listOf(origin).default([])),
  allowedHosts: setting('ALLOWED_HOSTS', orNull(listOf(hostName))),
  /** The addresses of the proxies whose X-Forwarded-For is believed, separated by commas; false: none. */
  trustProxy: setting('TRUST_PROXY', proxies.default(false)),
  /** Where spans are sent, by OTLP over HTTP; null: none are made. */
  tracesTo: setting('OTEL_EXPORTER_OTLP_ENDPOINT', orNull(httpUrl)),
  logLevel: setting('LOG_LEVEL', z.enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(', ')}`).default('info')),
  /** null: json, but at a terminal few lines for the person there. */
  logFormat: setting('LOG_FORMAT', orNull(z.enum(['json', 'pretty'], 'must be json or pretty'))),
  booking: {
    /** Requests waiting for one event; the next one is answered BUSY. */
    maxWaitingPerEvent: number('BOOKING_MAX_WAITING', 1, 1_000_000, 5_000),
    /** Bookings committed in one transaction. */
    maxGroupSize: number('BOOKING_MAX_GROUP', 1, 5_000, 500),
    /** A request that has waited longer than this when its turn comes is answered BUSY. */
    maxWaitMs: number('BOOKING_MAX_WAIT_MS', 100, 60_000, 3_000),
  },
  /** From a signal to the end of the process, at the latest. */
  shutdownTimeoutMs: number('SHUTDOWN_TIMEOUT_MS', 1_000, 600_000, 9_000),
  finalization: {
    /** Simulated time of issuing the tickets of one booking. */
    issuanceDelayMs: number('ISSUANCE_DELAY_MS', 0, 600_000, 0),
    /** Bookings one worker process handles at the same moment. */
    concurrency: number('FINALIZE_CONCURRENCY', 1, 10_000, 200),
    /** Failures of the issuer before a booking becomes FAILED. */
    maxAttempts: number('FINALIZE_ATTEMPTS', 1, 100, 5),
    /** Wait before the second try; it doubles with each further one. */
    retryDelayMs: number('FINALIZE_RETRY_DELAY_MS', 1, 60_000, 500),
    /** How often the sweeper looks for PENDING bookings that are due. */
    sweepIntervalMs: number('SWEEP_INTERVAL_MS', 50, 600_000, 2_000),
    /** Age at which a PENDING booking is due that no job has brought. */
    sweepAgeMs: number('SWEEP_AGE_MS', 0, 600_000, 5_000),
  },
  mail: {
    /** null: none are sent, and none are owed. */
    server: setting('SMTP_URL', orNull(smtpServer)),
    from: setting('MAIL_FROM', orNull(mailSender)),
    /** Path of a file in PEM format; null: the authorities that Node trusts. */
    tlsCa: setting('SMTP_TLS_CA_FILE', orNull(z.string())),
    /** Of one worker to the mail server, and so the mails it is at in the same moment. */
    maxConnections: number('MAIL_CONNECTIONS', 1, 100, 5),
    /** Mails that one worker begins in a second. */
    maxPerSecond: number('MAIL_RATE', 1, 10_000, 10),
    /** Tries that come to nothing by what the mail server says of a mail, or leaves unsaid. */
    maxAttempts: number('MAIL_ATTEMPTS', 1, 100, 16),
    /** Wait before the second try; it doubles with each further one, up to six hours. */
    retryDelayMs: number('MAIL_RETRY_DELAY_MS', 1, 21_600_000, 60_000),
    /** How often a worker looks for mails that are due; those of this moment are told of besides. */
    sweepIntervalMs: number('MAIL_SWEEP_INTERVAL_MS', 50, 600_000, 5_000),
    /** To reach the mail server, and again to hand it a mail; a mail is claimed for longer than both. */
    timeoutMs: number('MAIL_SEND_TIMEOUT_MS', 100, 15_000, 15_000),
  },
  http: {
    bodyLimitBytes: number('BODY_LIMIT_BYTES', 1_024, 16_777_216, 65_536),
    /** Of those who may send a batch of check-ins: 1,000 scans are a third of it. */
    batchLimitBytes: number('BATCH_LIMIT_BYTES', 1_024, 16_777_216, 1_048_576),
    /** A connection that has not sent its headers, or its whole request, by then is closed; as is one that is idle so long. */
    headersTimeoutMs: number('HTTP_HEADERS_TIMEOUT_MS', 100, 600_000, 10_000),
    requestTimeoutMs: number('HTTP_REQUEST_TIMEOUT_MS', 100, 600_000, 10_000),
    idleTimeoutMs: number('HTTP_IDLE_TIMEOUT_MS', 100, 600_000, 72_000),
    /**
     * How long a process that is told to stop goes on answering before it closes its port. With 1.5 s for the last
     * connections and 4 s for their answers, it ends within the 9 s it has.
     */
    shutdownDrainMs: number('SHUTDOWN_DRAIN_MS', 0, 3_000, 2_000),
    /** TCP connections of this process, idle ones and WebSockets among them. */
    maxConnections: number('MAX_CONNECTIONS', 2, 1_000_000, 10_000),
    /** Those of one address that is no proxy of `trustProxy`; 0: any number. */
    maxConnectionsPerAddress: number('ADDRESS_MAX_CONNECTIONS', 0, 1_000_000, 2_000),
    /** Requests of one address that are answered at the same time; 0: any number. */
    maxRequestsPerAddress: number('ADDRESS_MAX_REQUESTS', 0, 1_000_000, 1_000),
  },
  /** Bounds of one GraphQL document. */
  graphql: {
    maxTokens: number('GRAPHQL_MAX_TOKENS', 100, 100_000, 1_000),
    maxDepth: number('GRAPHQL_MAX_DEPTH', 3, 100, 10),
    maxAliases: number('GRAPHQL_MAX_ALIASES', 0, 1_000, 15),
    /** Times that one selection may repeat a field. */
    maxDuplicates: number('GRAPHQL_MAX_DUPLICATES', 1, 1_000, 5),
    maxDirectives: number('GRAPHQL_MAX_DIRECTIVES', 0, 1_000, 10),
    /** Fields that may be answered, with each list counted as long as it was asked for. */
    maxComplexity: number('GRAPHQL_MAX_COMPLEXITY', 100, 1_000_000, 5_000),
  },
  /** Operations within a window; 0: any number. */
  rateLimits: {
    windowSeconds: number('RATE_LIMIT_WINDOW_SECONDS', 1, 3_600, 10),
    perUser: {
      booking: number('RATE_LIMIT_USER_BOOKINGS', 0, 1_000_000, 50),
      reading: number('RATE_LIMIT_USER_READS', 0, 1_000_000, 500),
    },
    perAddress: {
      booking: number('RATE_LIMIT_ADDRESS_BOOKINGS', 0, 1_000_000, 0),
      reading: number('RATE_LIMIT_ADDRESS_READS', 0, 1_000_000, 0),
    },
  },
  websocket: {
    maxPayloadBytes: number('WS_MAX_PAYLOAD_BYTES', 1_024, 16_777_216, 65_536),
    /** Largest connection_init. */
    maxInitBytes: number('WS_MAX_INIT_BYTES', 1_024, 16_777_216, 16_384),
    /** What may wait for a client that does not read; more ends its socket. */
    maxUnsentBytes: number('WS_MAX_UNSENT_BYTES', 65_536, 1_073_741_824, 262_144),
    maxSubscriptionsPerSocket: number('WS_MAX_SUBSCRIPTIONS', 1, 10_000, 20),
    /** 0: any number. */
    maxSocketsPerAddress: number('ADDRESS_MAX_SOCKETS', 0, 1_000_000, 2_000),
    /** Of one user, or, without a token, of one address; 0: any number. */
    maxSocketsPerWatcher: number('WATCHER_MAX_SOCKETS', 0, 1_000_000, 200),
    maxSubscriptionsPerWatcher: number('WATCHER_MAX_SUBSCRIPTIONS', 0, 1_000_000, 500),
    /** A socket that has not sent connection_init by then is closed. */
    initTimeoutMs: number('WS_INIT_TIMEOUT_MS', 100, 60_000, 3_000),
    /** A message that its reader has not taken by then closes the socket. */
    sendTimeoutMs: number('WS_SEND_TIMEOUT_MS', 100, 600_000, 10_000),
  },
};

export type Settings = ValuesOf<typeof SETTINGS>;

/** The same by their variables. */
export const environment = schemaOf(SETTINGS);
