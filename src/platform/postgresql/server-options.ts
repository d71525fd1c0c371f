import type { EventEmitter } from 'node:events';
import { hostname, userInfo } from 'node:os';
import { checkServerIdentity, type PeerCertificate } from 'node:tls';
import type { DatabaseConfig } from '../../config.ts';
import type { PostgresqlTls } from '../../configuration/postgresql-tls.ts';
import { type PostgresqlTarget, parsePostgresqlUrl } from '../../configuration/postgresql-url.ts';
import { type PemFile, tlsContext } from '../tls-context.ts';

type PostgresqlConfig = Extract<DatabaseConfig, { kind: 'postgresql' }>;
type Pool = EventEmitter & { options: { ssl?: unknown } };

/** The name of each of our connections begins with this, in pg_stat_activity. */
export const APPLICATION_NAME_PREFIX = 'boxoffice pool=';

const INVALID_PASSWORD = '28P01';

export interface PostgresqlServerOptions {
  /** For messages. */
  readonly name: string;
  readonly address: { host: string; port: number; user: string; dbName: string };
  readonly driver: Record<string, unknown>;
  /** Of the session, from the URL; null when it has none. */
  readonly options: string | null;
  /** Has the connections of this pool protected as the URL says. To be called before the first one. */
  secure(pool: EventEmitter): void;
}

/**
 * A DATABASE_URL as options for MikroORM and its driver. All of them are given, so that neither of the two falls back to
 * PGHOST, PGPASSWORD, PGSSLMODE, MIKRO_ORM_HOST or a file in the home folder.
 * @throws naming the parameter, when a file of the URL cannot be used
 */
export function postgresqlServerOptions(
  config: PostgresqlConfig,
  onProblem: (problem: string) => void,
): PostgresqlServerOptions {
  const parsed = parsePostgresqlUrl(config.url);
  if ('problems' in parsed) throw new Error(`DATABASE_URL: ${parsed.problems.join('; ')}`);
  const { host, port, database, options, ...target } = parsed.target;
  const ssl = target.tls ? tlsOptions(host, target.tls, onProblem) : false;
  return {
    name: `PostgreSQL at ${host.startsWith('/') ? host : `${host}:${port}`}`,
    address: { host, port, user: target.user ?? userInfo().username, dbName: database },
    driver: {
      password: target.password ?? passwordMissing,
      connectionTimeoutMillis: target.connectTimeoutMs ?? config.connectTimeoutMs,
      application_name: target.applicationName ?? applicationName(config.poolMax),
      sslnegotiation: 'postgres',
    },
    options,
    // Not by way of MikroORM, which copies what it is given and would so fix the context of the first connection.
    secure: (pool) => {
      (pool as Pool).options.ssl = ssl;
    },
  };
}

/** Tells the processes and their pools apart, for whoever reads pg_stat_activity. PostgreSQL keeps the first 63 bytes. */
function applicationName(poolMax: number): string {
  return `${APPLICATION_NAME_PREFIX}${poolMax} ${process.pid}@${hostname()}`;
}

/** Only called when PostgreSQL asks. */
function passwordMissing(): never {
  const problem = new Error('PostgreSQL asks for a password, and DATABASE_URL has none');
  throw Object.assign(problem, { code: INVALID_PASSWORD });
}

function tlsOptions(host: PostgresqlTarget['host'], tls: PostgresqlTls, onProblem: (problem: string) => void) {
  const context = tlsContext(
    {
      roots: tls.rootCertificates === 'system' ? 'system' : file('sslrootcert', tls.rootCertificates),
      certificate: file('sslcert', tls.certificate),
      key: file('sslkey', tls.key),
      keyPassword: tls.keyPassword,
      revoked: file('sslcrl', tls.revoked),
      minVersion: tls.minVersion,
    },
    onProblem,
  );
  return {
    get secureContext() {
      return context();
    },
    rejectUnauthorized: tls.verify !== 'nothing',
    // By the host of the URL: the driver tells Node no address, and Node would then take a certificate of "localhost".
    checkServerIdentity: (_host: string, certificate: PeerCertificate) =>
      tls.verify === 'chain and host' ? checkServerIdentity(host, certificate) : undefined,
  };
}

function file(parameter: string, path: string | null): PemFile | null {
  return path === null ? null : { setting: `DATABASE_URL: ${parameter}`, path };
}
