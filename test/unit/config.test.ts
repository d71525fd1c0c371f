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
