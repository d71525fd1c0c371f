import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { contradictions } from './configuration/contradictions.ts';
import { withSecretFiles } from './configuration/secret-files.ts';
import { valuesOf } from './configuration/setting.ts';
import { environment, SETTINGS, type Settings } from './configuration/settings.ts';
import { unknownVariables, unreadLibpqVariables } from './configuration/unknown-variables.ts';

/** What the environment asks for: the settings as they are, and what follows from several of them together. */
export interface Config
  extends Pick<
      Settings,
      | 'host'
      | 'port'
      | 'corsOrigins'
      | 'trustProxy'
      | 'logLevel'
      | 'logFormat'
      | 'tracesTo'
      | 'booking'
      | 'shutdownTimeoutMs'
    >,
    Pick<Settings, 'http' | 'graphql' | 'rateLimits' | 'websocket' | 'tickets' | 'publicUrl' | 'client'> {
  readonly database: DatabaseConfig;
  /** null: embedded mode, no service needed. */
  readonly redis: RedisConfig | null;
  readonly auth: AuthConfig;
  /** null: no mails are sent, and none are owed. */
  readonly mail: MailConfig | null;
  /** Whether the GraphQL schema may be asked for, and GraphiQL and Apollo Sandbox are served. */
  readonly introspection: boolean;
  /** Whether the page is served, beside the APIs. */
  readonly web: boolean;
  /** Names that are answered to besides addresses and localhost; null: any. */
  readonly allowedHosts: readonly string[] | null;
  readonly finalization: Settings['finalization'] & {
    /** The wait for running jobs when the process ends. */
    readonly closeTimeoutMs: number;
  };
  /** What looks like a mistake and stops nothing, one line each. */
  readonly warnings: readonly string[];
}

export type DatabaseConfig =
  | (Settings['sqlite'] & { readonly kind: 'sqlite'; readonly file: string })
  | (Settings['postgresql'] & { readonly kind: 'postgresql'; readonly url: string });

export type RedisConfig = Omit<Settings['redis'], 'url' | 'lockUrls'> & {
  readonly url: string;
  readonly lockUrls: readonly string[];
};

export type AuthConfig =
  | { readonly mode: 'off' }
  | (({ readonly secret: string } | { readonly jwksUrl: string }) &
      Pick<Settings['auth'], 'issuer' | 'audience'> & { readonly mode: 'jwt' });

export type MailConfig = Settings['mail'] & {
  readonly server: NonNullable<Settings['mail']['server']>;
  readonly from: NonNullable<Settings['mail']['from']>;
};

export type ClientConfig = Settings['client'];
export type BookingLimits = Settings['booking'];
export type QueryLimits = Settings['graphql'];
export type WebSocketLimits = Settings['websocket'];
export type RateLimitConfig = Settings['rateLimits'];
export type LaneLimits = RateLimitConfig['perUser'];
/** What the rate limits count an operation as: what changes something is not held up by those who only look. */
export type Lane = keyof LaneLimits;
export type LogFormat = NonNullable<Settings['logFormat']>;

/** Nobody who may send a batch may send less than others. */
export function batchLimitBytes({ http }: Pick<Config, 'http'>): number {
  return Math.max(http.bodyLimitBytes, http.batchLimitBytes);
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

/**
 * The configuration of this process: its environment, which nobody else reads, and where that is silent a `.env` file in
 * the working directory.
 */
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
  const settings = readSettings(set);
  const database = databaseConfig(settings);
  return {
    ...settings,
    database,
    redis: redisConfig(settings.redis),
    auth: authConfig(settings.auth),
    mail: mailConfig(settings.mail),
    introspection: (settings.introspection ?? (settings.nodeEnv === 'production' ? 'off' : 'on')) === 'on',
    web: settings.web === 'on',
    allowedHosts: allowedHosts(settings),
    finalization: {
      ...settings.finalization,
      closeTimeoutMs: Math.round(settings.shutdownTimeoutMs * FOR_RUNNING_JOBS),
    },
    warnings: [
      ...unknownVariables(set, fromEnvFile),
      ...(database.kind === 'postgresql' ? unreadLibpqVariables(set) : []),
      ...mailWarnings(settings),
    ],
  };
}

function readSettings(set: Readonly<Record<string, string | undefined>>): Settings {
  const given = withSecretFiles(set);
  const parsed = environment.safeParse(given.env);
  const wrong = parsed.error?.issues.map((issue) => `${issue.path[0]?.toString()}: ${issue.message}`) ?? [];
  const problems = [...given.problems, ...wrong];
  if (problems.length > 0 || !parsed.success) throw new InvalidConfiguration(problems);
  const settings = valuesOf(SETTINGS, parsed.data);
  const against = [...contradictions(settings)];
  if (against.length > 0) throw new InvalidConfiguration(against);
  return settings;
}

function databaseConfig({ databaseUrl: url, sqlite, postgresql }: Settings): DatabaseConfig {
  return url.startsWith('sqlite:')
    ? { kind: 'sqlite', file: url.slice('sqlite:'.length), ...sqlite }
    : { kind: 'postgresql', url, ...postgresql };
}

function redisConfig({ url, lockUrls, ...rest }: Settings['redis']): RedisConfig | null {
  return url === null ? null : { ...rest, url, lockUrls: lockUrls ?? [url] };
}

function authConfig({ mode, secret, jwksUrl, issuer, audience }: Settings['auth']): AuthConfig {
  if (mode !== 'jwt') return { mode: 'off' };
  return { mode, issuer, audience, ...(secret === null ? { jwksUrl: jwksUrl as string } : { secret }) };
}

function mailConfig({ server, from, ...rest }: Settings['mail']): MailConfig | null {
  return server && from ? { ...rest, server, from } : null;
}

function mailWarnings({ mail, publicUrl }: Settings): string[] {
  return mail.server && !publicUrl ? ['PUBLIC_URL: is not set, so mails have no links to tickets'] : [];
}

/** By default what runs for itself on one machine is called by no other name than localhost. */
function allowedHosts({ allowedHosts: names, host, redis, publicUrl }: Settings): Config['allowedHosts'] {
  const own = publicUrl ? [new URL(publicUrl).hostname] : [];
  if (names) return names.includes('*') ? null : [...own, ...names];
  const isLoopback = /^(localhost|127\..*|::1)$/.test(host);
  return isLoopback && !redis.url ? own : null;
}
