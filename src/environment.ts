import { isIP } from 'node:net';
import { z } from 'zod';
import { nearestName } from './configuration/nearest-name.ts';
import { parsePostgresqlUrl } from './configuration/postgresql-url.ts';

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];
const LOG_FORMATS = ['json', 'pretty'] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];
const NODE_ENVS = ['production', 'development', 'test'] as const;

const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d+$/, 'must be a whole number')
    .transform(Number)
    .refine((n) => n >= min && n <= max, `must be from ${min} to ${max}`);

const redisUrl = z
  .string()
  .refine((url) => isUrlWith(url, ['redis:', 'rediss:']), 'must be a redis:// or rediss:// URL')
  .refine(
    (url) => hasNoParameterButFamily(url),
    'must have no parameter but family=0, 4 or 6: others are not understood',
  );

const httpUrl = z.string().refine((url) => isUrlWith(url, ['http:', 'https:']), 'must be an http:// or https:// URL');

const notBlank = z.string().trim().min(1, 'must not be blank');

/** Names that Fastify knows for the ranges of a machine and of private networks. */
const PROXY_RANGES = new Set(['loopback', 'linklocal', 'uniquelocal']);
const PROXIES = 'the addresses of your proxies, such as 10.0.0.0/8, ::1, loopback or uniquelocal';

/** Of 32 random hexadecimal digits, one in 28 million has fewer. */
const MIN_DIFFERENT_CHARACTERS = 8;

/** Every variable, its bounds and its default; .env.example lists them. */
export const environment = z.object({
  HOST: z.string().default('127.0.0.1'),
  PORT: wholeNumber(0, 65_535).default(8000),
  DATABASE_URL: z
    .string()
    .superRefine((url, context) => {
      for (const problem of databaseUrlProblems(url)) context.addIssue(problem);
    })
    .default('sqlite:./data/boxoffice.db'),
  DATABASE_POOL_MAX: wholeNumber(2, 1_000).default(10),
  DATABASE_POOL_IDLE_TIMEOUT_MS: wholeNumber(1_000, 3_600_000).default(30_000),
  DATABASE_CONNECT_TIMEOUT_MS: wholeNumber(100, 60_000).default(1_500),
  DATABASE_STATEMENT_TIMEOUT_MS: wholeNumber(100, 60_000).default(2_000),
  DATABASE_LOCK_TIMEOUT_MS: wholeNumber(10, 60_000).default(1_000),
  DATABASE_IDLE_IN_TRANSACTION_TIMEOUT_MS: wholeNumber(100, 60_000).default(2_000),
  SQLITE_BUSY_TIMEOUT_MS: wholeNumber(0, 1_000).default(5),
  SQLITE_CACHE_MIB: wholeNumber(1, 65_536).default(64),
  SQLITE_MMAP_MIB: wholeNumber(0, 2_047).default(0),
  REDIS_URL: redisUrl.optional(),
  REDIS_LOCK_URLS: listOf(redisUrl).optional(),
  REDIS_PREFIX: z
    .string()
    .regex(/^[\w-]{1,64}$/, 'must be 1 to 64 letters, digits, "-" or "_"')
    .default('boxoffice'),
  REDIS_CONNECT_TIMEOUT_MS: wholeNumber(100, 60_000).default(1_000),
  REDIS_COMMAND_TIMEOUT_MS: wholeNumber(50, 10_000).default(500),
  REDIS_TLS_CA_FILE: z.string().optional(),
  REDIS_TLS_CERT_FILE: z.string().optional(),
  REDIS_TLS_KEY_FILE: z.string().optional(),
  NODE_ENV: z.enum(NODE_ENVS, { error: ({ input }) => `must be ${meantNodeEnv(String(input))}` }).optional(),
  AUTH_MODE: z.enum(['off', 'jwt'], 'must be off or jwt').optional(),
  AUTH_JWT_SECRET: z
    .string()
    // As of a secret in a file: a line end behind it does not belong to it.
    .transform((secret) => secret.replace(/[\r\n]+$/, ''))
    .refine((secret) => secret.trim().length >= 32, 'must have at least 32 characters besides spaces around them')
    .refine((secret) => new Set(secret).size >= MIN_DIFFERENT_CHARACTERS, 'has too few different characters')
    .optional(),
  AUTH_JWKS_URL: httpUrl.optional(),
  AUTH_ISSUER: notBlank.optional(),
  AUTH_AUDIENCE: notBlank.optional(),
  INTROSPECTION: z.enum(['on', 'off'], 'must be on or off').optional(),
  CORS_ORIGINS: listOf(z.string().refine(isOrigin, 'must be origins such as https://shop.example')).optional(),
  ALLOWED_HOSTS: listOf(
    z
      .string()
      .toLowerCase()
      .regex(/^(\*|(\*\.)?[a-z\d_-]+(\.[a-z\d_-]+)*)$/, 'must be names such as shop.example or *.shop.example, or *'),
  ).optional(),
  TRUST_PROXY: z
    .string()
    .refine(isTrustedProxy, { error: ({ input }) => `${untrusted(input)}false, or ${PROXIES}` })
    .default('false'),
  LOG_LEVEL: z.enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(', ')}`).default('info'),
  LOG_FORMAT: z.enum(LOG_FORMATS, 'must be json or pretty').default('json'),
  BOOKING_MAX_WAITING: wholeNumber(1, 1_000_000).default(5_000),
  BOOKING_MAX_GROUP: wholeNumber(1, 5_000).default(500),
  BOOKING_MAX_WAIT_MS: wholeNumber(100, 60_000).default(3_000),
  SHUTDOWN_TIMEOUT_MS: wholeNumber(1_000, 600_000).default(9_000),
  ISSUANCE_DELAY_MS: wholeNumber(0, 600_000).default(0),
  FINALIZE_CONCURRENCY: wholeNumber(1, 10_000).default(200),
  FINALIZE_ATTEMPTS: wholeNumber(1, 100).default(5),
  FINALIZE_RETRY_DELAY_MS: wholeNumber(1, 60_000).default(500),
  SWEEP_INTERVAL_MS: wholeNumber(50, 600_000).default(2_000),
  SWEEP_AGE_MS: wholeNumber(0, 600_000).default(5_000),
  BODY_LIMIT_BYTES: wholeNumber(1_024, 16_777_216).default(65_536),
  HTTP_HEADERS_TIMEOUT_MS: wholeNumber(100, 600_000).default(10_000),
  HTTP_REQUEST_TIMEOUT_MS: wholeNumber(100, 600_000).default(10_000),
  HTTP_IDLE_TIMEOUT_MS: wholeNumber(100, 600_000).default(72_000),
  // With 1.5 s for the last connections and 4 s for their answers, a process ends within the 9 s it has.
  SHUTDOWN_DRAIN_MS: wholeNumber(0, 3_000).default(2_000),
  MAX_CONNECTIONS: wholeNumber(2, 1_000_000).default(10_000),
  GRAPHQL_MAX_TOKENS: wholeNumber(100, 100_000).default(1_000),
  GRAPHQL_MAX_DEPTH: wholeNumber(3, 100).default(10),
  GRAPHQL_MAX_ALIASES: wholeNumber(0, 1_000).default(15),
  GRAPHQL_MAX_DUPLICATES: wholeNumber(1, 1_000).default(5),
  GRAPHQL_MAX_DIRECTIVES: wholeNumber(0, 1_000).default(10),
  GRAPHQL_MAX_COMPLEXITY: wholeNumber(100, 1_000_000).default(5_000),
  RATE_LIMIT_WINDOW_SECONDS: wholeNumber(1, 3_600).default(10),
  RATE_LIMIT_USER_BOOKINGS: wholeNumber(0, 1_000_000).default(50),
  RATE_LIMIT_USER_READS: wholeNumber(0, 1_000_000).default(500),
  RATE_LIMIT_ADDRESS_BOOKINGS: wholeNumber(0, 1_000_000).default(0),
  RATE_LIMIT_ADDRESS_READS: wholeNumber(0, 1_000_000).default(0),
  ADDRESS_MAX_CONNECTIONS: wholeNumber(0, 1_000_000).default(2_000),
  ADDRESS_MAX_REQUESTS: wholeNumber(0, 1_000_000).default(1_000),
  ADDRESS_MAX_SOCKETS: wholeNumber(0, 1_000_000).default(2_000),
  WS_INIT_TIMEOUT_MS: wholeNumber(100, 60_000).default(3_000),
  WS_SEND_TIMEOUT_MS: wholeNumber(100, 600_000).default(10_000),
  WS_MAX_PAYLOAD_BYTES: wholeNumber(1_024, 16_777_216).default(65_536),
  WS_MAX_INIT_BYTES: wholeNumber(1_024, 16_777_216).default(16_384),
  WS_MAX_UNSENT_BYTES: wholeNumber(65_536, 1_073_741_824).default(262_144),
  WS_MAX_SUBSCRIPTIONS: wholeNumber(1, 10_000).default(20),
  WATCHER_MAX_SOCKETS: wholeNumber(0, 1_000_000).default(200),
  WATCHER_MAX_SUBSCRIPTIONS: wholeNumber(0, 1_000_000).default(500),
});

export type Environment = z.infer<typeof environment>;

function listOf<T extends z.ZodType<unknown, string>>(item: T) {
  return z
    .string()
    .transform((list) => list.split(',').map((one) => one.trim()))
    .pipe(z.array(item));
}

function databaseUrlProblems(url: string): readonly string[] {
  if (/^sqlite:./.test(url)) return [];
  if (!/^postgres(ql)?:\/\//i.test(url)) {
    return ['must be sqlite:<file> or postgresql://user:password@host:port/database'];
  }
  const parsed = parsePostgresqlUrl(url);
  return 'problems' in parsed ? parsed.problems : [];
}

/** "prod" must not be anything but an error: what is not production is open to everybody by default. */
function meantNodeEnv(written: string): string {
  const word = written.trim().toLowerCase();
  const meant =
    NODE_ENVS.find((one) => word.length > 1 && (one.startsWith(word) || word.startsWith(one))) ??
    NODE_ENVS.find((one) => nearestName(word, [one]).distance <= 3);
  return `${NODE_ENVS.join(', ')} or unset${meant ? `; did you mean ${meant}?` : ''}`;
}

function isUrlWith(text: string, protocols: readonly string[]): boolean {
  return URL.canParse(text) && protocols.includes(new URL(text).protocol) && new URL(text).hostname !== '';
}

/** ioredis takes any parameter for one of its options, and before ours. */
function hasNoParameterButFamily(url: string): boolean {
  return !URL.canParse(url) || /^(\?family=[046])?$/.test(new URL(url).search);
}

function isOrigin(text: string): boolean {
  return isUrlWith(text, ['http:', 'https:']) && new URL(text).origin === text;
}

function isTrustedProxy(text: string): boolean {
  return text === 'false' || text.split(',').every((one) => PROXY_RANGES.has(one.trim()) || isAddressRange(one));
}

/** Whoever reaches the port by another way than the proxy brings as many addresses as are counted, or believed. */
function untrusted(setting: unknown): string {
  const believesAnybody = setting === 'true' || /^\d+$/.test(String(setting));
  return believesAnybody ? 'would let anybody who reaches the port choose an address; must be ' : 'must be ';
}

function isAddressRange(text: string): boolean {
  const [address = '', bits, ...more] = text.trim().split('/');
  const longest = { 0: -1, 4: 32, 6: 128 }[isIP(address)] as number;
  return (
    more.length === 0 && longest > 0 && (bits === undefined || (/^[1-9]\d{0,2}$/.test(bits) && Number(bits) <= longest))
  );
}
