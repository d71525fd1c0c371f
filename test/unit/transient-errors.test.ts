import { describe, expect, test } from 'vitest';
import { isBusy, isUnavailable, malformation, withRetry } from '../../src/platform/transient-errors.ts';

const failure = (code: string, message = 'failed') => Object.assign(new Error(message), { code });

test.each(['SQLITE_BUSY', 'SQLITE_BUSY_SNAPSHOT', 'SQLITE_LOCKED', '40001', '40P01', '55P03'])('%s is busy', (code) => {
  expect([isBusy(failure(code)), isUnavailable(failure(code))]).toEqual([true, false]);
});

test.each([
  'SQLITE_FULL',
  'SQLITE_IOERR_WRITE',
  'SQLITE_READONLY',
  '08006',
  '53300',
  '57P01',
  '57014',
  '28000',
  '28P01',
  '3D000',
  '42501',
  '55000',
  'XX000',
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'ENETUNREACH',
  'ENETDOWN',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'EADDRNOTAVAIL',
  'EMFILE',
  'ENFILE',
  'ENOBUFS',
  'EAI_AGAIN',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE',
])('%s is unavailable', (code) => {
  expect([isBusy(failure(code)), isUnavailable(failure(code))]).toEqual([false, true]);
});

test.each(['23505', '23514', '42601', '42703', 'ENOENT', 'EACCES', 'SQLITE_CONSTRAINT_CHECK', 'SQLITE_ERROR', ''])(
  '%j is a mistake of ours',
  (code) => {
    expect([isBusy(failure(code)), isUnavailable(failure(code))]).toEqual([false, false]);
  },
);

test('the reason is found behind wrappers, and in the first error of several', () => {
  const wrapped = new Error('query failed', { cause: new Error('driver', { cause: failure('40001') }) });
  const several = new AggregateError([failure('ECONNREFUSED'), failure('ECONNREFUSED')]);
  expect([isBusy(wrapped), isUnavailable(several)]).toEqual([true, true]);
});

test.each(['ENOENT', 'EACCES', 'EINVAL'])('%s of a socket that could not be opened is unavailable', (code) => {
  expect(isUnavailable(Object.assign(failure(code), { syscall: 'connect' }))).toBe(true);
});

test.each([
  'Connection terminated unexpectedly',
  'timeout exceeded when trying to connect',
  'timeout expired',
  'Query read timeout',
  'Client was closed and is not queryable',
  'The server does not support SSL connections',
  'There was an error establishing an SSL connection',
  'SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string',
])('"%s" of the PostgreSQL client, which has no code, is unavailable', (message) =>
  expect(isUnavailable(new Error(message))).toBe(true),
);

test.each([null, undefined, 'SQLITE_BUSY', 42])('%j is no error we know', (thrown) => {
  expect([isBusy(thrown), isUnavailable(thrown)]).toEqual([false, false]);
});

test.each(['SQLITE_CORRUPT', 'SQLITE_CORRUPT_INDEX', 'SQLITE_NOTADB', 'XX001', 'XX002'])(
  '%s is damage, told in the words of the database, on one line',
  (code) => {
    const told = failure(code, 'invalid page\n  in block 7');
    const wrapped = Object.assign(new Error(`select 1 - ${told.message}`, { cause: told }), { code });
    expect(malformation(wrapped)).toBe('invalid page in block 7');
  },
);

test.each(['SQLITE_IOERR', 'XX000', 'SQLITE_BUSY'])('%s is no damage', (code) => {
  expect(malformation(failure(code))).toBeNull();
});

describe('withRetry', () => {
  /** Fails as often as told, then answers how often it was tried. */
  const failing = (times: number, error: Error) => {
    let tries = 0;
    return async () => {
      if (++tries <= times) throw error;
      return tries;
    };
  };

  test('tries again while the database is busy', async () => {
    expect(await withRetry(failing(3, failure('SQLITE_BUSY')))).toBe(4);
  });

  test('hands on any other error at once', async () => {
    const error = failure('23505');
    await expect(withRetry(failing(1, error))).rejects.toBe(error);
  });

  test('gives up within its budget', async () => {
    const error = failure('40001');
    await expect(withRetry(failing(Number.POSITIVE_INFINITY, error))).rejects.toBe(error);
  });
});
