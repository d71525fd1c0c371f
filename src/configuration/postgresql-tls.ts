/** How the link to a PostgreSQL is protected. */
export interface PostgresqlTls {
  /** What is checked of the server's certificate: that a root we trust has signed it, and that it is for this host. */
  readonly verify: 'nothing' | 'chain' | 'chain and host';
  /** Files in PEM format. */
  readonly rootCertificates: string | 'system' | null;
  readonly certificate: string | null;
  readonly key: string | null;
  readonly keyPassword: string | null;
  readonly revoked: string | null;
  readonly minVersion: 'TLSv1.2' | 'TLSv1.3';
}

type Parameters = ReadonlyMap<string, string>;

const MODES = ['disable', 'require', 'verify-ca', 'verify-full'] as const;
type Mode = (typeof MODES)[number];

/** Parameters that mean nothing without TLS. */
export const TLS_FILE_PARAMETERS = ['sslrootcert', 'sslcert', 'sslkey', 'sslpassword', 'sslcrl'] as const;
const MIN_VERSIONS = ['TLSv1.2', 'TLSv1.3'] as const;

/**
 * The TLS of a connection URL, as libpq understands it, but for what would leave a link unprotected unnoticed: no mode
 * falls back to plain text, and no certificate is looked for in the home folder.
 * https://www.postgresql.org/docs/current/libpq-ssl.html
 * @returns null for plain text
 */
export function postgresqlTls(parameters: Parameters, overSocket: boolean): { tls: PostgresqlTls | null } | string[] {
  const written = parameters.get('sslmode') ?? (parameters.has('ssl') ? 'require' : undefined);
  const rootCertificates = parameters.get('sslrootcert') ?? null;
  // As libpq: whoever trusts everybody's authorities must ask for the host's name.
  const mode = written ?? (rootCertificates === 'system' ? 'verify-full' : 'disable');
  const problems = [...contradictions(mode, parameters, overSocket)];
  if (problems.length > 0) return problems;
  if (mode === 'disable') return { tls: null };
  return {
    tls: {
      verify: verified(mode as Mode, rootCertificates),
      rootCertificates,
      certificate: parameters.get('sslcert') ?? null,
      key: parameters.get('sslkey') ?? null,
      keyPassword: parameters.get('sslpassword') ?? null,
      revoked: parameters.get('sslcrl') ?? null,
      minVersion: (parameters.get('ssl_min_protocol_version') ?? 'TLSv1.2') as PostgresqlTls['minVersion'],
    },
  };
}

function verified(mode: Mode, rootCertificates: string | null): PostgresqlTls['verify'] {
  if (mode === 'verify-full') return 'chain and host';
  // A root that is given is used, also by "require".
  return mode === 'verify-ca' || rootCertificates !== null ? 'chain' : 'nothing';
}

function* contradictions(mode: string, parameters: Parameters, overSocket: boolean): Generator<string> {
  const has = (name: string) => parameters.has(name);
  if (has('ssl') && parameters.get('ssl') !== 'true') yield 'ssl can only be true, which means sslmode=require';
  if (has('ssl') && has('sslmode')) yield 'ssl and sslmode say the same: leave out ssl';
  if (mode === 'allow' || mode === 'prefer') {
    yield `sslmode=${mode} would go on in plain text when TLS fails: take disable, require, verify-ca or verify-full`;
    return;
  }
  if (!(MODES as readonly string[]).includes(mode)) {
    if (mode !== '') yield `sslmode must be ${MODES.slice(0, -1).join(', ')} or verify-full`;
    return;
  }
  if (mode === 'disable') {
    const idle = [...TLS_FILE_PARAMETERS, 'ssl_min_protocol_version'].filter(has);
    if (idle.length > 0) yield `${idle.join(', ')}: needs sslmode=require, verify-ca or verify-full`;
    return;
  }
  if (overSocket) yield `sslmode=${mode} cannot be had over a Unix socket: take disable`;
  if (mode.startsWith('verify') && !has('sslrootcert')) {
    yield `sslmode=${mode} needs sslrootcert: a file, or "system" with verify-full`;
  }
  if (parameters.get('sslrootcert') === 'system' && mode !== 'verify-full') {
    yield 'sslrootcert=system needs sslmode=verify-full: anybody can have a certificate of a public authority';
  }
  if (has('sslcert') !== has('sslkey')) yield 'sslcert and sslkey go together';
  if (has('sslpassword') && !has('sslkey')) yield 'sslpassword needs sslkey';
  if (has('sslcrl') && !has('sslrootcert')) yield 'sslcrl needs sslrootcert';
  const version = parameters.get('ssl_min_protocol_version') ?? 'TLSv1.2';
  if (!(MIN_VERSIONS as readonly string[]).includes(version)) {
    yield `ssl_min_protocol_version must be ${MIN_VERSIONS.join(' or ')}`;
  }
}
