import { expect, test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { SECRETS } from '../../src/configuration/secret-files.ts';
import { environment } from '../../src/configuration/settings.ts';

const warningsOf = (...names: string[]) => readConfig(Object.fromEntries(names.map((name) => [name, '1']))).warnings;

test.each([
  ['DATBASE_URL', 'DATABASE_URL'],
  ['DATABASE_ULR', 'DATABASE_URL'],
  ['DATABASEURL', 'DATABASE_URL'],
  ['database_url', 'DATABASE_URL'],
  ['REDIS_URI', 'REDIS_URL'],
  ['REDIS_LOCK_URL', 'REDIS_LOCK_URLS'],
  ['AUTH_JWT_SECRETS', 'AUTH_JWT_SECRET'],
  ['AUTH_SECRET', 'AUTH_JWT_SECRET'],
  ['JWT_SECRET', 'AUTH_JWT_SECRET'],
  ['HOSTS', 'HOST'],
  ['PROT', 'PORT'],
  ['LOGLEVEL', 'LOG_LEVEL'],
  ['NODE_EVN', 'NODE_ENV'],
  ['TRUST_PROXIES', 'TRUST_PROXY'],
  ['CORS_ORIGIN', 'CORS_ORIGINS'],
  ['BODY_LIMIT', 'BODY_LIMIT_BYTES'],
  ['ISSUANCE_DELAY', 'ISSUANCE_DELAY_MS'],
  ['BOOKING_MAX_WAIT', 'BOOKING_MAX_WAITING'],
  ['RATE_LIMIT_USER_BOOKING', 'RATE_LIMIT_USER_BOOKINGS'],
  ['GRAPHQL_DEPTH', 'GRAPHQL_MAX_DEPTH'],
  ['WS_MAX_SOCKETS', 'ADDRESS_MAX_SOCKETS'],
  ['HTTP_TIMEOUT_MS', 'HTTP_IDLE_TIMEOUT_MS'],
  ['FINALIZE_RETRIES', 'FINALIZE_ATTEMPTS'],
  ['SWEEP_INTERVAL', 'SWEEP_INTERVAL_MS'],
  ['AUTH_ISSUER_FILE', 'AUTH_ISSUER'],
])('%s is warned about, with %s as the nearest name', (name, nearest) => {
  expect(warningsOf(name)).toEqual([`${name}: is not read, there is no such variable; the nearest is ${nearest}`]);
});

test('what others set is left alone', () => {
  const others = [
    ...['PATH', 'HOME', 'USER', 'SHELL', 'TERM', 'LANG', 'TZ', 'PWD', 'HOSTNAME', 'LOGNAME', 'EDITOR', '_', 'COLOR'],
    ...['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'all_proxy'],
    ...['NODE_OPTIONS', 'NODE_VERSION', 'NODE_PATH', 'NODE_EXTRA_CA_CERTS', 'NODE_COMPILE_CACHE', 'npm_package_name'],
    ...['KUBERNETES_SERVICE_HOST', 'REDIS_SERVICE_HOST', 'REDIS_SERVICE_PORT', 'REDIS_SERVICE_PORT_REDIS'],
    ...['REDIS_PORT_6379_TCP', 'REDIS_PORT_6379_TCP_ADDR', 'DATABASE_PORT_5432_TCP_PROTO', 'SQLITE_TMPDIR', 'PGDATA'],
    ...['SSL_CERT_FILE', 'OTEL_SERVICE_NAME', 'MALLOC_ARENA_MAX', 'TEST_REDIS_URL', 'COMPOSE_PROJECT_NAME'],
  ];
  expect(warningsOf(...others)).toEqual([]);
  expect(readConfig({ REDIS_PORT: 'tcp://10.0.0.1:6379' }).warnings).toEqual([]);
  expect(readConfig({ REDIS_PORT: '6379' }).warnings).toHaveLength(1);
});

test('our own variables are not warned about, nor the files of secrets', () => {
  const values: Record<string, string> = {};
  for (const [name, field] of Object.entries(environment.shape)) {
    const preset = field.safeParse(undefined).data;
    if (preset != null) values[name] = String(preset);
  }
  expect(Object.keys(values).length).toBeGreaterThan(30);
  expect(readConfig(values).warnings).toEqual([]);
  for (const name of SECRETS) expect(() => readConfig({ [`${name}_FILE`]: '/nowhere' })).toThrow(`${name}_FILE`);
});

test('of a .env file every unknown name is warned about, but for those of Node and Docker Compose', () => {
  const names = ['LDAP_HOST', 'COMPOSE_PROFILES', 'NODE_OPTIONS', 'TZ', 'MALLOC_ARENA_MAX', 'PORT'];
  const env = Object.fromEntries(names.map((name) => [name, '1']));
  expect(readConfig(env).warnings).toEqual([]);
  expect(readConfig(env, names).warnings).toEqual([expect.stringMatching(/^LDAP_HOST: is not read/)]);
});

test('a warning shows no value', () => {
  expect(readConfig({ AUTH_JWT_SECRT: 'hidden', PGPASSWORD: 'hidden' }).warnings.join()).not.toContain('hidden');
});

test('what libpq would read is warned about with a PostgreSQL, where it would matter', () => {
  const libpq = { PGSSLMODE: 'require', PGHOST: 'db', PGPASSWORD: 'x', PGDATA: '/data' };
  expect(readConfig(libpq).warnings).toEqual([]);
  expect(readConfig({ ...libpq, DATABASE_URL: 'postgresql://db/box' }).warnings).toEqual(
    ['PGSSLMODE', 'PGHOST', 'PGPASSWORD'].map(
      (name) => `${name}: is not read; everything about the connection to PostgreSQL stands in DATABASE_URL`,
    ),
  );
});
