import { expect, test } from 'vitest';
import type { PostgresqlTarget } from '../../src/configuration/postgresql-url.ts';
import { parsePostgresqlUrl } from '../../src/configuration/postgresql-url.ts';

const PLAIN: PostgresqlTarget = {
  host: 'db',
  port: 5432,
  user: null,
  password: null,
  database: 'box',
  tls: null,
  connectTimeoutMs: null,
  applicationName: null,
  options: null,
};
const ENCRYPTED = {
  verify: 'nothing',
  rootCertificates: null,
  certificate: null,
  key: null,
  keyPassword: null,
  revoked: null,
  minVersion: 'TLSv1.2',
} as const;

test.each<[string, Partial<PostgresqlTarget>]>([
  ['postgresql://db/box', {}],
  ['POSTGRES://db:6432/box', { port: 6432 }],
  ['postgresql://u@db/box', { user: 'u' }],
  ['postgresql://u:p@db/box', { user: 'u', password: 'p' }],
  ['postgresql://u:p%40s%2Fs:x@db/box', { user: 'u', password: 'p@s/s:x' }],
  ['postgresql://u:p@s#s@db/box', { user: 'u', password: 'p@s#s' }],
  ['postgresql://db/a%20box', { database: 'a box' }],
  ['postgresql://[::1]:5433/box', { host: '::1', port: 5433 }],
  ['postgresql://%2Fvar%2Frun%2Fpostgresql/box', { host: '/var/run/postgresql' }],
  ['postgresql:///box?host=/var/run/postgresql', { host: '/var/run/postgresql' }],
  ['postgresql://u:p@/box?host=/run', { host: '/run', user: 'u', password: 'p' }],
  ['postgresql://?host=db&port=1&user=u&password=p%26q&dbname=box', { port: 1, user: 'u', password: 'p&q' }],
  ['postgresql://elsewhere/other?host=db&dbname=box', {}],
  ['postgresql://db/box?connect_timeout=10', { connectTimeoutMs: 10_000 }],
  ['postgresql://db/box?application_name=till%201', { applicationName: 'till 1' }],
  // A "+" is a plus in libpq's URLs.
  ['postgresql://db/box?options=-c%20a=b+c', { options: '-c a=b+c' }],
  ['postgresql://db/box?gssencmode=disable&target_session_attrs=any', {}],
  ['postgresql://db/box?sslmode=disable', {}],
  ['postgresql://db/box?sslmode=require', { tls: ENCRYPTED }],
  ['postgresql://db/box?ssl=true', { tls: ENCRYPTED }],
  [
    'postgresql://db/box?sslmode=require&sslrootcert=/r',
    { tls: { ...ENCRYPTED, verify: 'chain', rootCertificates: '/r' } },
  ],
  [
    'postgresql://db/box?sslmode=verify-ca&sslrootcert=/r',
    { tls: { ...ENCRYPTED, verify: 'chain', rootCertificates: '/r' } },
  ],
  [
    'postgresql://db/box?sslrootcert=system',
    { tls: { ...ENCRYPTED, verify: 'chain and host', rootCertificates: 'system' } },
  ],
  [
    'postgresql://db/box?sslmode=verify-full&sslrootcert=/r&sslcert=/c&sslkey=/k&sslpassword=x&sslcrl=/l&ssl_min_protocol_version=TLSv1.3',
    {
      tls: {
        verify: 'chain and host',
        rootCertificates: '/r',
        certificate: '/c',
        key: '/k',
        keyPassword: 'x',
        revoked: '/l',
        minVersion: 'TLSv1.3',
      },
    },
  ],
])('%s is understood', (url, target) => {
  expect(parsePostgresqlUrl(url)).toEqual({ target: { ...PLAIN, ...target } });
});

test.each<[string, string]>([
  ['/box', 'host missing: must be postgresql://user:password@host:port/database'],
  ['db', 'dbname missing: must be postgresql://user:password@host:port/database'],
  ['db/', 'dbname missing: must be postgresql://user:password@host:port/database'],
  ['db:0/box', 'port must be from 1 to 65535'],
  ['db:5432a/box', 'port must be from 1 to 65535'],
  ['db/box?port=70000', 'port must be from 1 to 65535'],
  ['a,b/box', 'host must be one: several are not understood'],
  ['a:1,b:2/box', 'host must be one: several are not understood'],
  ['db/box?host=a,b', 'host must be one: several are not understood'],
  ['u:50%@db/box', 'has a "%" that begins no code; a "%" itself is written %25'],
  ['db/a box', 'has white space; a space is written %20'],
  [
    'db/box?sslmode=prefer',
    'sslmode=prefer would go on in plain text when TLS fails: take disable, require, verify-ca or verify-full',
  ],
  [
    'db/box?sslmode=allow',
    'sslmode=allow would go on in plain text when TLS fails: take disable, require, verify-ca or verify-full',
  ],
  ['db/box?sslmode=no-verify', 'sslmode must be disable, require, verify-ca or verify-full'],
  ['db/box?sslmode=', 'sslmode is empty'],
  ['db/box?ssl=1', 'ssl can only be true, which means sslmode=require'],
  ['db/box?ssl=true&sslmode=disable', 'ssl and sslmode say the same: leave out ssl'],
  ['db/box?sslmode=verify-full', 'sslmode=verify-full needs sslrootcert: a file, or "system" with verify-full'],
  ['db/box?sslmode=verify-ca', 'sslmode=verify-ca needs sslrootcert: a file, or "system" with verify-full'],
  [
    'db/box?sslmode=verify-ca&sslrootcert=system',
    'sslrootcert=system needs sslmode=verify-full: anybody can have a certificate of a public authority',
  ],
  [
    'db/box?sslmode=require&sslrootcert=system',
    'sslrootcert=system needs sslmode=verify-full: anybody can have a certificate of a public authority',
  ],
  ['db/box?sslrootcert=/r', 'sslrootcert: needs sslmode=require, verify-ca or verify-full'],
  ['db/box?sslmode=disable&sslcert=/c&sslkey=/k', 'sslcert, sslkey: needs sslmode=require, verify-ca or verify-full'],
  ['db/box?sslmode=require&sslcert=/c', 'sslcert and sslkey go together'],
  ['db/box?sslmode=require&sslpassword=x', 'sslpassword needs sslkey'],
  ['db/box?sslmode=require&sslcrl=/l', 'sslcrl needs sslrootcert'],
  ['db/box?sslmode=require&ssl_min_protocol_version=TLSv1', 'ssl_min_protocol_version must be TLSv1.2 or TLSv1.3'],
  ['%2Frun/box?sslmode=require', 'sslmode=require cannot be had over a Unix socket: take disable'],
  ['db/box?connect_timeout=0', 'connect_timeout must be from 1 to 60 seconds'],
  ['db/box?connect_timeout=2s', 'connect_timeout must be from 1 to 60 seconds'],
  ['db/box?sslmod=require', 'sslmod is not understood; did you mean sslmode?'],
  ['db/box?SSLMODE=require', 'SSLMODE is not understood; did you mean sslmode?'],
  ['db/box?constructor=1', 'constructor is not understood'],
  ['db/box?channel_binding=require', 'channel_binding can only be disable'],
  ['db/box?target_session_attrs=read-write', 'target_session_attrs can only be any'],
  ['db/box?sslmode=require&sslmode=require', 'sslmode is given twice'],
])('%s is refused', (rest, problem) => {
  expect(parsePostgresqlUrl(`postgresql://${rest}`)).toEqual({ problems: [problem] });
});

test('every problem of a URL is named at once', () => {
  const url = 'postgresql://db/box?sslmode=prefer&connect_timeout=x&user=&schema=public';
  const parsed = parsePostgresqlUrl(url) as { problems: string[] };
  expect(parsed.problems.map((problem) => problem.split(/[ =]/)[0])).toEqual([
    'schema',
    'user',
    'connect_timeout',
    'sslmode',
  ]);
});

test.each([
  'postgresql://u:secret?word@db/box',
  'postgresql://u:12?secret@db/box',
  'postgresql://u:12?secret=word',
  'postgresql://u:secret/word@db/box',
  'postgresql://u:sec%ret@db/box',
])('a problem shows nothing of %s, where the password broke the URL', (url) => {
  const { problems } = parsePostgresqlUrl(url) as { problems: string[] };
  expect(problems.length).toBeGreaterThan(0);
  expect(problems.join()).not.toMatch(/sec|ret\b/);
});
