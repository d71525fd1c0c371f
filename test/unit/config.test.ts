import { expect, test } from '@jest/globals';
import { InvalidConfiguration, readConfig } from '../../src/config.ts';

test('an empty environment is embedded mode on localhost', () => {
  expect(readConfig({})).toMatchObject({
    host: '127.0.0.1',
    port: 8000,
    database: { kind: 'sqlite', file: './data/boxoffice.db' },
    redis: null,
    booking: { maxWaitingPerEvent: 5_000, maxGroupSize: 500, maxWaitMs: 3_000 },
    finalization: { issuanceDelayMs: 0, maxAttempts: 5 },
  });
});

test('an empty variable counts as unset', () => {
  const names = ['HOST', 'PORT', 'DATABASE_URL', 'REDIS_URL', 'REDIS_LOCK_URLS', 'LOG_LEVEL', 'BOOKING_MAX_GROUP'];
  expect(readConfig(Object.fromEntries(names.map((name) => [name, ''])))).toEqual(readConfig({}));
});

test('every problem is named at once', () => {
  const wrong = {
    PORT: '70000',
    DATABASE_URL: 'mysql://x',
    REDIS_URL: 'http://x',
    LOG_LEVEL: 'loud',
    TRUST_PROXY: 'yes',
  };
  let problems: readonly string[] = [];
  try {
    readConfig(wrong);
  } catch (error) {
    problems = (error as InvalidConfiguration).problems;
    expect(error).toBeInstanceOf(InvalidConfiguration);
  }
  expect(problems.map((problem) => problem.split(':')[0])).toEqual(expect.arrayContaining(Object.keys(wrong)));
});

test.each([
  ['PORT', '-1'],
  ['PORT', '1e3'],
  ['PORT', ' 80'],
  ['BOOKING_MAX_GROUP', '0'],
  ['BOOKING_MAX_GROUP', '1.5'],
  ['DATABASE_URL', 'sqlite:'],
  ['REDIS_PREFIX', 'a:b'],
  ['REDIS_URL', 'localhost:6379'],
  ['AUTH_MODE', 'basic'],
  ['AUTH_JWT_SECRET', 'too-short'],
  ['AUTH_JWT_SECRET', ' '.repeat(32)],
  ['AUTH_JWT_SECRET', `${' '.repeat(20)}a-short-secret${' '.repeat(20)}`],
  ['AUTH_JWT_SECRET', 's'.repeat(64)],
  ['AUTH_JWT_SECRET', 'password'.repeat(8)],
  ['AUTH_AUDIENCE', ' '],
  ['AUTH_ISSUER', '\t'],
  ['AUTH_JWKS_URL', 'file:///keys'],
  ['INTROSPECTION', 'true'],
  ['CORS_ORIGINS', '*'],
  ['CORS_ORIGINS', 'https://shop.example/'],
  ['CORS_ORIGINS', 'https://shop.example, shop.example'],
  ['ALLOWED_HOSTS', 'https://shop.example'],
  ['ALLOWED_HOSTS', 'shop.example:443'],
  ['ALLOWED_HOSTS', 'shop.*'],
  ['TRUST_PROXY', 'nginx'],
  ['TRUST_PROXY', 'loopback, 2'],
  ['TRUST_PROXY', '10.0.0.0/33'],
  ['TRUST_PROXY', '10.0.0.1, all'],
  ['GRAPHQL_MAX_DEPTH', '2'],
  ['RATE_LIMIT_USER_READS', '-1'],
])('%s=%j is refused', (name, value) => {
  expect(() => readConfig({ [name]: value })).toThrow(name);
});

test('PostgreSQL and Redis are chosen by their URLs; the lock uses the same Redis unless told otherwise', () => {
  const env = { DATABASE_URL: 'postgresql://u:p@db/box', REDIS_URL: 'redis://cache', REDIS_PREFIX: 'one' };
  expect(readConfig(env)).toMatchObject({
    database: { kind: 'postgresql', url: env.DATABASE_URL },
    redis: { url: 'redis://cache', lockUrls: ['redis://cache'], prefix: 'one' },
  });
  const locks = { ...env, REDIS_LOCK_URLS: 'redis://a, redis://b,redis://c' };
  expect(readConfig(locks).redis?.lockUrls).toEqual(['redis://a', 'redis://b', 'redis://c']);
});

test('lock masters without a Redis for the rest are refused', () => {
  expect(() => readConfig({ REDIS_LOCK_URLS: 'redis://a' })).toThrow('REDIS_URL');
});

const SECRET = '0123456789abcdef'.repeat(2);
const JWKS = { AUTH_JWKS_URL: 'https://id.example/keys', AUTH_AUDIENCE: 'https://tickets.example' };

test.each([
  ['production without a word about who may call', { NODE_ENV: 'production' }, /^AUTH_MODE: must be set/],
  ['jwt without any key', { AUTH_MODE: 'jwt' }, /^AUTH_MODE: jwt needs/],
  [
    'jwt with two kinds of keys',
    { AUTH_MODE: 'jwt', AUTH_JWT_SECRET: SECRET, ...JWKS },
    /^AUTH_JWKS_URL: cannot be used together/,
  ],
  [
    'keys that sign for other applications too, without an audience',
    { AUTH_MODE: 'jwt', AUTH_JWKS_URL: JWKS.AUTH_JWKS_URL },
    /^AUTH_AUDIENCE: is needed with AUTH_JWKS_URL/,
  ],
])('%s is refused', (_name, env, problem) => {
  let problems: readonly string[] = [];
  try {
    readConfig(env);
  } catch (error) {
    problems = (error as InvalidConfiguration).problems;
  }
  expect(problems).toEqual([expect.stringMatching(problem)]);
});

test('tokens are checked with a secret or with the keys of a URL', () => {
  const expected = { mode: 'jwt', issuer: 'https://id.example', audience: null };
  const env = { AUTH_MODE: 'jwt', AUTH_ISSUER: expected.issuer };
  expect(readConfig({ ...env, AUTH_JWT_SECRET: `${SECRET}\n` }).auth).toEqual({ ...expected, secret: SECRET });
  const { AUTH_JWKS_URL: jwksUrl, AUTH_AUDIENCE: audience } = JWKS;
  expect(readConfig({ ...env, ...JWKS }).auth).toEqual({ ...expected, audience, jwksUrl });
});

test.each([
  ['', false],
  ['false', false],
  ['10.0.0.0/8, ::1', '10.0.0.0/8, ::1'],
  ['loopback, uniquelocal', 'loopback, uniquelocal'],
])('TRUST_PROXY=%j trusts %j', (setting, trusted) => {
  expect(readConfig({ TRUST_PROXY: setting }).trustProxy).toBe(trusted);
});

test.each(['true', '1', '2', '0'])(
  'TRUST_PROXY=%s, which would believe whoever reaches the port, is refused with what to write instead',
  (setting) => {
    const said = /TRUST_PROXY: would let anybody who reaches the port choose an address; must be .* 10\.0\.0\.0\/8/;
    expect(() => readConfig({ TRUST_PROXY: setting })).toThrow(said);
  },
);

test.each([
  ['one machine, for itself', {}, []],
  ['one machine, by its address', { HOST: '::1' }, []],
  ['behind other processes', { REDIS_URL: 'redis://cache' }, null],
  ['for a network', { HOST: '0.0.0.0' }, null],
  [
    'names are given',
    { HOST: '0.0.0.0', ALLOWED_HOSTS: 'Shop.example, *.tickets.example' },
    ['shop.example', '*.tickets.example'],
  ],
  ['any name', { ALLOWED_HOSTS: 'shop.example,*' }, null],
])('names that are answered to, besides addresses and localhost: %s', (_name, env, names) => {
  expect(readConfig(env).allowedHosts).toEqual(names);
});
