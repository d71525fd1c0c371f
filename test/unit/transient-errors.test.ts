import { afterEach, describe, expect, test, vi } from 'vitest';
import { toPublicError } from '../../src/http/error-mapping.ts';
import {
  isBusy,
  isDiskTrouble,
  isRefusedRow,
  isUnavailable,
  malformation,
  withRetry,
} from '../../src/platform/transient-errors.ts';

const failure = (code: string, message = 'failed') => Object.assign(new Error(message), { code });

/** What an error means to those who ask: the retry, the desk, and whoever tells the caller. */
const meaning = (error: unknown) => ({
  busy: isBusy(error),
  unavailable: isUnavailable(error),
  shown: toPublicError(error).code,
});

test.each(['SQLITE_BUSY', 'SQLITE_BUSY_SNAPSHOT', 'SQLITE_LOCKED', '40001', '40P01', '55P03'])(
  '%s is busy: tried again, and SERVICE_UNAVAILABLE to a caller when that does not help',
  async (code) => {
    expect(meaning(failure(code))).toEqual({ busy: true, unavailable: false, shown: 'SERVICE_UNAVAILABLE' });
    expect(await withRetry(failing(1, failure(code)))).toBe(2);
  },
);

test.each([
  'SQLITE_FULL',
  'SQLITE_IOERR_WRITE',
  'SQLITE_READONLY',
  'SQLITE_CANTOPEN',
  'SQLITE_CORRUPT',
  'SQLITE_NOTADB',
  '08006',
  '25006',
  '25P03',
  '25P04',
  '53100',
  '53300',
  '57P01',
  '57014',
  '58030',
  '28000',
  '28P01',
  '3D000',
  '42501',
  '55000',
  'XX000',
  'XX001',
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'ENETUNREACH',
  'ENETDOWN',
  'ENETRESET',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'EADDRNOTAVAIL',
  'EMFILE',
  'ENFILE',
  'ENOBUFS',
  'ENOTCONN',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EPROTO',
  'CERT_HAS_EXPIRED',
  'CRL_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'HOSTNAME_MISMATCH',
  'INVALID_CA',
  'INVALID_PURPOSE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE',
])('%s is unavailable: SERVICE_UNAVAILABLE to a caller, and not tried again behind his back', async (code) => {
  const error = failure(code);
  expect(meaning(error)).toEqual({ busy: false, unavailable: true, shown: 'SERVICE_UNAVAILABLE' });
  await expect(withRetry(failing(1, error))).rejects.toBe(error);
});

test.each([
  '23505',
  '23514',
  '25001',
  '42601',
  '42703',
  'ENOENT',
  'EACCES',
  'SQLITE_CONSTRAINT_CHECK',
  'SQLITE_ERROR',
  '',
])('%j is a mistake of ours: INTERNAL_SERVER_ERROR to a caller, and not tried again', async (code) => {
  const error = failure(code);
  expect(meaning(error)).toEqual({ busy: false, unavailable: false, shown: 'INTERNAL_SERVER_ERROR' });
  await expect(withRetry(failing(1, error))).rejects.toBe(error);
});

test.each(['22001', '22P02', '23505', '23514', 'SQLITE_CONSTRAINT_TRIGGER', 'SQLITE_MISMATCH', 'SQLITE_TOOBIG'])(
  '%s is the fault of one row',
  (code) => {
    expect(isRefusedRow(new Error('a group failed', { cause: failure(code) }))).toBe(true);
  },
);

test.each(['42501', '40001', '53100', '08006', 'SQLITE_FULL', 'SQLITE_BUSY', 'ECONNRESET'])(
  '%s is the fault of no row, so no group is taken apart for it',
  (code) => {
    expect(isRefusedRow(failure(code))).toBe(false);
  },
);

test('PostgreSQL is in trouble with its disk when that is full or cannot be read, and not for anything else', () => {
  const told = ['53100', '58030', '53200', '57014', '58P01', 'XX001'].filter((code) => isDiskTrouble(failure(code)));
  expect(told).toEqual(['53100', '58030']);
});

test('the reason is found behind wrappers, and in the first error of several', () => {
  const wrapped = new Error('query failed', { cause: new Error('driver', { cause: failure('40001') }) });
  const several = new AggregateError([failure('ECONNREFUSED'), failure('ECONNREFUSED')]);
  expect([isBusy(wrapped), isUnavailable(several)]).toEqual([true, true]);
});

test.each([
  ['ENOENT', 'connect'],
  ['EACCES', 'connect'],
  ['EINVAL', 'connect'],
  ['ESERVFAIL', 'getaddrinfo'],
])('%s of a socket that could not be opened, at %s, is unavailable', (code, syscall) => {
  expect(isUnavailable(Object.assign(failure(code), { syscall }))).toBe(true);
});

test.each([
  'Connection terminated unexpectedly',
  'timeout exceeded when trying to connect',
  'timeout expired',
  'Query read timeout',
  'Client was closed and is not queryable',
  'Client has encountered a connection error and is not queryable',
  'The server does not support SSL connections',
  'There was an error establishing an SSL connection',
  'SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string',
  'Received unexpected copyInResponse message from backend',
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

/** Fails as often as told, then answers how often it was tried. */
function failing(times: number, error: Error) {
  let tries = 0;
  return async () => {
    if (++tries <= times) throw error;
    return tries;
  };
}

describe('a busy database', () => {
  const error = failure('40001');
  afterEach(() => {
    vi.restoreAllMocks();
  });

  test('is tried again until it is not', async () => {
    expect(await withRetry(failing(3, error))).toBe(4);
  });

  test('is given up when 2.5 seconds are used up, and not before', async () => {
    let now = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => now);
    let tries = 0;
    const work = async () => {
      tries++;
      now += 500;
      throw error;
    };
    await expect(withRetry(work)).rejects.toBe(error);
    expect(tries).toBe(6);
  });
});
