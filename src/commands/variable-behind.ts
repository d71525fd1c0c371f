import type { Config } from '../config.ts';
import { isUnavailable, malformation } from '../platform/transient-errors.ts';

/** What Node and PostgreSQL say of an error, besides its message. */
interface Failure {
  readonly message?: string;
  readonly code?: string;
  readonly syscall?: string;
  readonly hostname?: string;
  readonly port?: number;
  readonly cause?: unknown;
  /** Of a name with several addresses, one for each. */
  readonly errors?: readonly Failure[];
}

type Variable = 'HOST' | 'PORT' | 'DATABASE_URL' | 'REDIS_URL';

/** The port is somebody else's, or only for root. */
const PORT_CODES: readonly unknown[] = ['EADDRINUSE', 'EACCES'];
/** invalid_authorization_specification, invalid_catalog_name: the server is there, but not for this URL. */
const REFUSED_BY_POSTGRESQL = /^(28|3D)/;
const DEFAULT_REDIS_PORT = 6379;

/** @returns the variable to look at when a command ends with this error; null when none is to blame */
export function variableBehind(error: unknown, { host, database, redis }: Config): Variable | null {
  const failure = Object(error) as Failure;
  const { message = '', code = '', syscall, hostname, port, cause } = failure.errors?.[0] ?? failure;
  if (syscall === 'listen') return PORT_CODES.includes(code) ? 'PORT' : 'HOST';
  if (syscall === 'getaddrinfo' && hostname === host) return 'HOST';
  if (redis && [redis.url, ...redis.lockUrls].some((url) => leadsTo(url, hostname, port))) return 'REDIS_URL';
  const { code: codeBehind = '' } = Object(cause) as Failure;
  const isRefused = REFUSED_BY_POSTGRESQL.test(code) || REFUSED_BY_POSTGRESQL.test(codeBehind);
  if (database.kind === 'sqlite') return isAboutFile(database.file, message, cause, error) ? 'DATABASE_URL' : null;
  const isAway = isUnavailable(error) && malformation(error) === null;
  return isAway || isRefused ? 'DATABASE_URL' : null;
}

/** An error that names another file, such as a backup's, has nothing to do with DATABASE_URL. */
function isAboutFile(file: string, message: string, cause: unknown, error: unknown): boolean {
  return cause === undefined ? isUnavailable(error) : message.startsWith(file);
}

function leadsTo(url: string, hostname: string | undefined, port: number | undefined): boolean {
  const target = new URL(url);
  return hostname === target.hostname || port === Number(target.port || DEFAULT_REDIS_PORT);
}
