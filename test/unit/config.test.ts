import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { expect, test } from 'vitest';
import { InvalidConfiguration, readConfig } from '../../src/config.ts';
import { environment } from '../../src/configuration/settings.ts';
import { signingJwk } from '../support/signing-keys.ts';

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

test('.env.example has every variable, each with its default, and no other; NODE_ENV is that of the image', () => {
  const example = parseEnv(readFileSync(new URL('../../.env.example', import.meta.url), 'utf8'));
  const defaults = Object.entries(environment.shape).map(([name, field]) => [
    name,
    String(field.safeParse(undefined).data ?? ''),
  ]);
  const { NODE_ENV, ...expected } = Object.fromEntries(defaults);
  expect(NODE_ENV).toBe('');
  // It has no default with NODE_ENV=production, so the file says what counts otherwise.
  expect(example).toEqual({ ...expected, AUTH_MODE: 'off' });
  expect(readConfig(example, Object.keys(example))).toEqual(readConfig({}));
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
  ['PUBLIC_URL', 'tickets.example'],
  ['PUBLIC_URL', 'ftp://tickets.example'],
  ['PUBLIC_URL', 'https://user:password@tickets.example'],
  ['PUBLIC_URL', 'https://tickets.example/?a=b'],
  ['PUBLIC_URL', 'https://tickets.example/#a'],
  ['INTROSPECTION', 'true'],
  ['WEB', 'no'],
  ['CORS_ORIGINS', '*'],
  ['CORS_ORIGINS', 'https://shop.example/'],
  ['CORS_ORIGINS', 'https://shop.example, shop.example'],
  ['ALLOWED_HOSTS', 'https://shop.example'],
  ['ALLOWED_HOSTS', 'shop.example:443'],
  ['ALLOWED_HOSTS', 'shop.*'],
  ['TRUST_PROXY', 'nginx'],
  ['TRUST_PROXY', 'loopback, 2'],
  ['TRUST_PROXY', '10.0.0.0/33'],
  ['TRUST_PROXY', '0.0.0.0/0'],
  ['TRUST_PROXY', '10.0.0.1, all'],
  ['GRAPHQL_MAX_DEPTH', '2'],
  ['RATE_LIMIT_USER_READS', '-1'],
  ['REDIS_URL', 'redis://cache?tls=true'],
  ['REDIS_URL', 'redis://cache?family=6&enableOfflineQueue=true'],
  ['DATABASE_STATEMENT_TIMEOUT_MS', '0'],
  ['SQLITE_BUSY_TIMEOUT_MS', '2s'],
  ['SQLITE_MMAP_MIB', '2048'],
  ['SHUTDOWN_TIMEOUT_MS', '999'],
  ['SMTP_URL', 'mail.example:25'],
  ['SMTP_URL', 'http://mail.example'],
  ['SMTP_URL', 'smtp://mail.example/inbox'],
  ['SMTP_URL', 'smtp://user@mail.example'],
  ['SMTP_URL', 'smtp://mail.example?tls=maybe'],
  ['SMTP_URL', 'smtps://mail.example?tls=off'],
  ['MAIL_FROM', 'Box Office'],
  ['MAIL_FROM', 'a@shop.example, b@shop.example'],
  ['MAIL_FROM', 'Box\r\nBcc: x@y.example <a@shop.example>'],
  ['MAIL_ATTEMPTS', '0'],
])('%s=%j is refused', (name, value) => {
  expect(() => readConfig({ [name]: value })).toThrow(name);
});

test('PostgreSQL and Redis are chosen by their URLs; the lock uses the same Redis unless told otherwise', () => {
  const env = { DATABASE_URL: 'postgresql://u:p@db/box', REDIS_URL: 'redis://cache', REDIS_PREFIX: 'one' };
  expect(readConfig(env)).toMatchObject({
    database: { kind: 'postgresql', url: env.DATABASE_URL },
    redis: { url: 'redis://cache', lockUrls: ['redis://cache'], prefix: 'one' },
  });
  const locks = { ...env, REDIS_LOCK_URLS: 'redis://a, redis://b,redis://c?family=6' };
  expect(readConfig(locks).redis?.lockUrls).toEqual(['redis://a', 'redis://b', 'redis://c?family=6']);
});

test('files for TLS are for whichever Redis is encrypted', () => {
  const env = { REDIS_URL: 'redis://cache', REDIS_LOCK_URLS: 'redis://a,REDISS://b', REDIS_TLS_CA_FILE: '/ca' };
  expect(readConfig(env).redis?.tls).toEqual({ ca: '/ca', certificate: null, key: null });
});

test('what is wrong with a DATABASE_URL is told by its parameters', () => {
  const url = 'postgresql://u:hidden@db/box?sslmode=prefer&pool=3';
  expect(() => readConfig({ DATABASE_URL: url })).toThrow(
    /^Invalid configuration:\n {2}DATABASE_URL: pool is not understood\n {2}DATABASE_URL: sslmode=prefer would go on in plain text/,
  );
});

test('lock masters without a Redis for the rest are refused', () => {
  expect(() => readConfig({ REDIS_LOCK_URLS: 'redis://a' })).toThrow('REDIS_URL');
});

test.each([
  ['production', ''],
  ['prod', 'production'],
  ['Production', 'production'],
  [' production', 'production'],
  ['produciton', 'production'],
  ['PROD', 'production'],
  ['dev', 'development'],
  ['develop', 'development'],
  ['developement', 'development'],
  ['testing', 'test'],
  ['tests', 'test'],
  ['staging', ''],
  ['p', ''],
])('NODE_ENV=%j is taken or refused, with the word that is meant', (value, meant) => {
  const read = () => readConfig({ NODE_ENV: value, AUTH_MODE: 'off' });
  if (value === 'production') expect(read).not.toThrow();
  else {
    const hint = meant ? `; did you mean ${meant}?` : '';
    expect(read).toThrow(
      new RegExp(`NODE_ENV: must be production, development, test or unset${hint.replace('?', '.')}$`),
    );
  }
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
    'a wait for a lock as long as a statement may take',
    { DATABASE_LOCK_TIMEOUT_MS: '2000' },
    /^DATABASE_LOCK_TIMEOUT_MS: must be below DATABASE_STATEMENT_TIMEOUT_MS/,
  ],
  [
    'a shutdown that is shorter than a statement',
    { DATABASE_URL: 'postgresql://db/box', SHUTDOWN_TIMEOUT_MS: '2000', SHUTDOWN_DRAIN_MS: '0' },
    /^SHUTDOWN_TIMEOUT_MS: must be above DATABASE_STATEMENT_TIMEOUT_MS/,
  ],
  [
    'a drain that takes the whole shutdown',
    { SHUTDOWN_DRAIN_MS: '3000', SHUTDOWN_TIMEOUT_MS: '3000' },
    /^SHUTDOWN_DRAIN_MS: must be below SHUTDOWN_TIMEOUT_MS/,
  ],
  [
    'headers that may take longer than their request',
    { HTTP_REQUEST_TIMEOUT_MS: '5000' },
    /^HTTP_HEADERS_TIMEOUT_MS: must not be above HTTP_REQUEST_TIMEOUT_MS/,
  ],
  [
    'a root for a Redis in plain text',
    { REDIS_URL: 'redis://cache', REDIS_TLS_CA_FILE: '/ca' },
    /^REDIS_TLS_\*_FILE: are of no use without a rediss:/,
  ],
  [
    'a certificate without its key',
    { REDIS_URL: 'rediss://cache', REDIS_TLS_CERT_FILE: '/c' },
    /^REDIS_TLS_CERT_FILE: goes together with/,
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

const KEY = signingJwk('key-1');
const OTHER = signingJwk('key-2');
const BAD_KEY_SETS: Readonly<Record<string, [set: unknown, problem: string]>> = {
  'no JSON': ['keys', 'must be a JWK set'],
  null: [null, 'must be a JWK set'],
  'a key that is in no set': [KEY, 'must be a JWK set'],
  'a set without a key': [{ keys: [] }, 'must have 1 to 16 keys'],
  'a set of more keys than anybody needs': [{ keys: Array(17).fill(KEY) }, 'must have 1 to 16 keys'],
  'a key of another kind': [{ keys: [KEY, { ...OTHER, crv: 'X25519' }] }, 'key 2 is no Ed25519 key'],
  'something that is no key': [{ keys: [null] }, 'key 1 is no Ed25519 key'],
  'a key without a name': [{ keys: [{ ...KEY, kid: undefined }] }, 'key 1 needs a kid of 1 to 64 letters'],
  'a key whose name would end in a QR code': [
    { keys: [{ ...KEY, kid: 'a.b' }] },
    'key 1 needs a kid of 1 to 64 letters',
  ],
  'a public key': [{ keys: [KEY, { ...OTHER, d: undefined }] }, 'key 2 has no d: it is not a private key'],
  'a key with the public half of another': [{ keys: [{ ...KEY, x: OTHER.x }] }, 'key 1 is damaged'],
  'a key that is cut off': [{ keys: [{ ...KEY, d: KEY.d.slice(1) }] }, 'key 1 is damaged'],
  'two keys of one name': [{ keys: [KEY, { ...OTHER, kid: KEY.kid }] }, 'has two keys with the same kid'],
};

test.each(Object.entries(BAD_KEY_SETS))(
  '%s for TICKET_SIGNING_KEYS is refused with one line, which shows nothing of it',
  (_name, [set, problem]) => {
    let problems: readonly string[] = [];
    try {
      readConfig({ TICKET_SIGNING_KEYS: typeof set === 'string' ? set : JSON.stringify(set) });
    } catch (error) {
      problems = (error as InvalidConfiguration).problems;
    }
    expect(problems).toEqual([expect.stringMatching(`^TICKET_SIGNING_KEYS: ${problem}`)]);
    expect(problems[0]).not.toContain(KEY.d.slice(1));
  },
);

test('keys that tickets are signed with are read in their order, without what else stands in them', () => {
  const set = JSON.stringify({ keys: [{ ...KEY, use: 'sig', alg: 'EdDSA' }, OTHER] });
  expect(readConfig({ TICKET_SIGNING_KEYS: set }).tickets.signingKeys).toEqual([KEY, OTHER]);
});

test.each([
  ['https://tickets.example/', 'https://tickets.example'],
  ['http://127.0.0.1:8000/box//', 'http://127.0.0.1:8000/box'],
])('PUBLIC_URL=%s is kept without a slash at its end, and its name is answered to', (setting, url) => {
  const config = readConfig({ PUBLIC_URL: setting });
  expect(config.publicUrl).toBe(url);
  expect(config.allowedHosts).toEqual([new URL(url).hostname]);
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

const FROM = { MAIL_FROM: 'Box Office <tickets@shop.example>' };

test.each([
  ['smtp://mail.example', { host: 'mail.example', port: 587, secure: false, startTls: 'if offered', login: null }],
  ['smtp://[::1]:25?tls=off', { host: '::1', port: 25, startTls: 'off' }],
  ['smtp://u%40x:p%25w%@mail.example', { startTls: 'required', login: { user: 'u@x', password: 'p%w%' } }],
  ['smtp://u:p@mail.example?tls=off', { startTls: 'off' }],
  ['smtps://u:p@mail.example', { port: 465, secure: true }],
])('%s is a mail server', (url, server) => {
  const { mail } = readConfig({ SMTP_URL: url, ...FROM });
  expect(mail?.server).toMatchObject(server);
  expect(mail?.from).toEqual({ name: 'Box Office', address: 'tickets@shop.example' });
});

test('mails need somebody whom they come from, and lead nowhere without PUBLIC_URL', () => {
  expect(() => readConfig({ SMTP_URL: 'smtp://mail.example' })).toThrow('MAIL_FROM: is needed with SMTP_URL');
  expect(readConfig(FROM).mail).toBeNull();
  const env = { SMTP_URL: 'smtp://mail.example', ...FROM };
  expect(readConfig(env).warnings).toEqual(['PUBLIC_URL: is not set, so mails have no links to tickets']);
  expect(readConfig({ ...env, PUBLIC_URL: 'https://tickets.example' }).warnings).toEqual([]);
});

test('a wrong SMTP_URL does not show its password', () => {
  expect(() => readConfig({ SMTP_URL: 'smtp://u:hidden@mail.example/x', ...FROM })).toThrow(/^(?!.*hidden)/s);
});
