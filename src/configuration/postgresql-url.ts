import { nearestName } from './nearest-name.ts';
import { type PostgresqlTls, postgresqlTls, TLS_FILE_PARAMETERS } from './postgresql-tls.ts';

/** Where a PostgreSQL is, who we are there, and how the link is protected. */
export interface PostgresqlTarget {
  /** A name, an address, or the folder of a Unix socket. */
  readonly host: string;
  readonly port: number;
  /** null: the name of the operating system's user. */
  readonly user: string | null;
  readonly password: string | null;
  readonly database: string;
  /** null: plain text. */
  readonly tls: PostgresqlTls | null;
  readonly connectTimeoutMs: number | null;
  readonly applicationName: string | null;
  /** Settings of the session, as `-c name=value`. */
  readonly options: string | null;
}

type Parsed = { readonly target: PostgresqlTarget } | { readonly problems: readonly string[] };

/** [user[:password]@][host][:port][/database][?parameters]; a "@" in a password may stand as it is. */
const URL_PARTS = /^postgres(?:ql)?:\/\/(?:([^/?]*)@)?(\[[^\]/?]*\]|[^:/?]*)(?::([^/?]*))?(?:\/([^?]*))?(?:\?(.*))?$/i;
const SHAPE = 'postgresql://user:password@host:port/database';
const MAX_PORT = 65_535;
const MAX_CONNECT_TIMEOUT_SECONDS = 60;

/** They may stand in the parameters as well, where libpq prefers them. */
const PARTS = ['host', 'port', 'user', 'password', 'dbname'] as const;
const UNDERSTOOD = [
  ...PARTS,
  ...['sslmode', 'ssl', ...TLS_FILE_PARAMETERS, 'ssl_min_protocol_version'],
  ...['connect_timeout', 'application_name', 'options'],
];
/** What is so anyway may be said. */
const ALREADY_SO = new Map([
  ['gssencmode', 'disable'],
  ['channel_binding', 'disable'],
  ['sslnegotiation', 'postgres'],
  ['target_session_attrs', 'any'],
]);

/**
 * Reads a connection URL as libpq does. What is not understood is a problem, because a parameter that is left out unsaid
 * is how a link stays unprotected. https://www.postgresql.org/docs/current/libpq-connect.html
 * @returns problems that show nothing of the values
 */
export function parsePostgresqlUrl(url: string): Parsed {
  const [whole, user, host, port, database, query] = URL_PARTS.exec(url) ?? [];
  if (/[\s\p{Cc}]/u.test(url)) return { problems: ['has white space; a space is written %20'] };
  if (whole === undefined) return { problems: [`is not ${SHAPE}`] };
  const written = [host?.replace(/^\[(.*)\]$/, '$1'), port, ...userAndPassword(user), database];
  try {
    const parts = new Map(PARTS.map((name, i) => [name as string, decodeURIComponent(written[i] ?? '')]));
    const named = new Map([...parts].filter(([, value]) => value !== ''));
    const problems = [...misplaced(named)];
    return problems.length > 0 ? { problems } : parseParameters(named, query ?? '');
  } catch (error) {
    if (error instanceof URIError) return { problems: ['has a "%" that begins no code; a "%" itself is written %25'] };
    throw error;
  }
}

function userAndPassword(written = ''): [string, string] {
  const [user = '', ...password] = written.split(':');
  return [user, password.join(':')];
}

/** What is wrong before the parameters. Those are not looked at then: they may be half of a password. */
function* misplaced(parts: ReadonlyMap<string, string>): Generator<string> {
  const [host = '', port = '5432'] = [parts.get('host'), parts.get('port')];
  if (`${host}${port}`.includes(',')) yield 'host must be one: several are not understood';
  else if (!isPort(port)) yield `port must be from 1 to ${MAX_PORT}`;
}

function parseParameters(parts: ReadonlyMap<string, string>, query: string): Parsed {
  const given = query.split('&').filter((text) => text !== '');
  const written = given.map((one): [string, string] => {
    const [name = '', ...value] = one.split('=');
    return [name, decodeURIComponent(value.join('='))];
  });
  const parameters = new Map([...parts, ...written.filter(([name]) => UNDERSTOOD.includes(name))]);
  const missing = ['host', 'dbname'].filter((name) => !parameters.get(name));
  if (missing.length > 0) return { problems: [`${missing.join(' and ')} missing: must be ${SHAPE}`] };
  const problems = [...refusals(written), ...unusable(parameters)];
  const tls = postgresqlTls(parameters, parameters.get('host')?.startsWith('/') === true);
  if (Array.isArray(tls)) problems.push(...tls);
  if (problems.length > 0 || Array.isArray(tls)) return { problems };
  const seconds = parameters.get('connect_timeout');
  return {
    target: {
      host: parameters.get('host') as string,
      port: Number(parameters.get('port') ?? 5432),
      user: parameters.get('user') ?? null,
      password: parameters.get('password') ?? null,
      database: parameters.get('dbname') as string,
      ...tls,
      connectTimeoutMs: seconds === undefined ? null : Number(seconds) * 1_000,
      applicationName: parameters.get('application_name') ?? null,
      options: parameters.get('options') ?? null,
    },
  };
}

function* refusals(written: readonly [string, string][]): Generator<string> {
  const seen = new Set<string>();
  for (const [name, value] of written) {
    const only = ALREADY_SO.get(name);
    if (!/^\w{1,40}$/.test(name)) yield 'has a parameter that is not understood';
    else if (seen.has(name)) yield `${name} is given twice`;
    else if (only !== undefined && value !== only) yield `${name} can only be ${only}`;
    else if (only === undefined && !UNDERSTOOD.includes(name)) {
      const nearest = nearestName(name, UNDERSTOOD);
      yield `${name} is not understood${nearest.distance * 3 <= name.length ? `; did you mean ${nearest.name}?` : ''}`;
    }
    seen.add(name);
  }
}

function* unusable(parameters: ReadonlyMap<string, string>): Generator<string> {
  yield* misplaced(parameters);
  for (const [name, value] of parameters) if (value === '') yield `${name} is empty`;
  const seconds = parameters.get('connect_timeout') ?? '1';
  if (!/^\d{1,4}$/.test(seconds) || Number(seconds) < 1 || Number(seconds) > MAX_CONNECT_TIMEOUT_SECONDS) {
    yield `connect_timeout must be from 1 to ${MAX_CONNECT_TIMEOUT_SECONDS} seconds`;
  }
}

function isPort(text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= MAX_PORT;
}
