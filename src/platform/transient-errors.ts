import { setTimeout as delay } from 'node:timers/promises';

const SQLITE_BUSY = /^SQLITE_(BUSY|LOCKED)/;
/** serialization_failure, deadlock_detected, lock_not_available: the transaction was rolled back and had no effect. */
const POSTGRESQL_BUSY = new Set(['40001', '40P01', '55P03']);
/** Full, read-only or broken disks, by SQLite's primary result code. */
const SQLITE_UNAVAILABLE = /^SQLITE_(FULL|READONLY|IOERR|CANTOPEN|CORRUPT|NOTADB)/;
/**
 * connection_exception, invalid_authorization, invalid_catalog_name (the database is gone), insufficient_privilege,
 * insufficient_resources, object_not_in_prerequisite_state (it takes no connections), operator_intervention (also
 * statement_timeout), system_error, internal_error (also damaged data), read_only_sql_transaction, idle timeout. A wrong
 * password or a missing GRANT is whoever runs it at work, and nothing that a caller could do better.
 */
const POSTGRESQL_UNAVAILABLE = /^(08|28|3D000|42501|53|55000|57|58|XX|25006|25P0)/;
/** Of a socket that is open; whatever keeps one from being opened is told by its system call. */
const NETWORK =
  /^(ECONN(REFUSED|RESET|ABORTED)|EPIPE|ETIMEDOUT|ENET(UNREACH|DOWN|RESET)|EHOST(UNREACH|DOWN)|EADDRNOTAVAIL|E[MN]FILE|ENOBUFS|ENOTCONN|ENOTFOUND|EAI_.*)$/;
const CONNECTING = new Set(['connect', 'getaddrinfo']);
/** Of OpenSSL and Node, as when a certificate has expired while the process runs. https://nodejs.org/api/tls.html#x509-certificate-error-codes */
const TLS =
  /^(ERR_(TLS|SSL)_|EPROTO$|(CERT|CRL|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)_|HOSTNAME_MISMATCH$|INVALID_(CA|PURPOSE)$)/;
/** What is about one statement, and says nothing of the others: too slow, not permitted, on damaged data. */
const ONE_STATEMENT = /^(57014|42501|XX\w{3}|SQLITE_(CORRUPT|NOTADB))/;
/** A damaged file or index, by SQLite's result code and PostgreSQL's data_corrupted and index_corrupted. */
const MALFORMED = /^(SQLITE_(CORRUPT|NOTADB)|XX00[12]$)/;
const PG_CLIENT_MESSAGE =
  /Connection terminated|timeout exceeded when trying to connect|timeout expired|Query read timeout|Client (has encountered|was closed)|SSL connection|^SASL: |^Received unexpected/;

/** All connections are in use for longer than one is waited for. (pg-pool 3: connect) */
const POOL_IS_EMPTY = /^timeout exceeded when trying to connect$/;

/** data_exception, integrity_constraint_violation, and what SQLite has of them. */
const REFUSED_ROW = /^(22|23)\w{3}$|^SQLITE_(CONSTRAINT|MISMATCH|TOOBIG)/;

const BUSY_RETRY_BUDGET_MS = 2_500;
const BUSY_RETRY_MAX_DELAY_MS = 100;

/** Whether the database refused because somebody else was at work: nothing was changed, trying again is safe. */
export function isBusy(error: unknown): boolean {
  return causes(error).some(({ code }) => SQLITE_BUSY.test(code) || POSTGRESQL_BUSY.has(code));
}

/** Whether the database is out of reach or out of order, as opposed to a mistake in our statement. */
export function isUnavailable(error: unknown): boolean {
  return causes(error).some(
    ({ code, syscall, message }) =>
      SQLITE_UNAVAILABLE.test(code) ||
      POSTGRESQL_UNAVAILABLE.test(code) ||
      NETWORK.test(code) ||
      CONNECTING.has(syscall) ||
      TLS.test(code) ||
      PG_CLIENT_MESSAGE.test(message),
  );
}

/** Whether the database as a whole does not do what it is there for, as opposed to one statement that it refuses. */
export function isOutage(error: unknown): boolean {
  return mayBeOutage(error) && !causes(error).some(({ message }) => POOL_IS_EMPTY.test(message));
}

/** The same, with what is seen during an outage and as well when more is asked of the database than it can do. */
export function mayBeOutage(error: unknown): boolean {
  return isUnavailable(error) && !hasCode(error, ONE_STATEMENT);
}

/** Whether the database refused what one of the rows says; without that row it would not. */
export function isRefusedRow(error: unknown): boolean {
  return hasCode(error, REFUSED_ROW);
}

/** Whether this, or what caused it, has such a code. */
export function hasCode(error: unknown, pattern: RegExp): boolean {
  return causes(error).some(({ code }) => pattern.test(code));
}

/** Whether PostgreSQL could not write to its disk: disk_full, io_error. */
export function isDiskTrouble(error: unknown): boolean {
  return hasCode(error, /^(53100|58030)$/);
}

/** What the database says of its own damage, as one line; null when the error is about something else. */
export function malformation(error: unknown): string | null {
  const told = causes(error).findLast(({ code }) => MALFORMED.test(code));
  return told ? told.message.replaceAll(/\s+/g, ' ') : null;
}

/** Runs `work` again while it fails with a busy database, at growing random distances, for at most 2.5 seconds. */
export async function withRetry<T>(work: () => Promise<T>): Promise<T> {
  const giveUpAt = performance.now() + BUSY_RETRY_BUDGET_MS;
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (!isBusy(error) || performance.now() > giveUpAt) throw error;
      await delay(Math.random() * Math.min(BUSY_RETRY_MAX_DELAY_MS, 5 * 2 ** attempt));
    }
  }
}

interface Failure {
  readonly code: string;
  /** Of an error of Node's own. */
  readonly syscall: string;
  readonly message: string;
}

/** An error with what caused it, told by their fields: drivers and Node do not share one Error class in every host. */
function causes(error: unknown): Failure[] {
  const found: Failure[] = [];
  for (let e = error; typeof e === 'object' && e !== null && found.length < 5; ) {
    const { code, syscall, message, cause, errors } = e as Partial<Failure> & { cause?: unknown; errors?: unknown };
    found.push({ code: String(code ?? ''), syscall: String(syscall ?? ''), message: String(message ?? '') });
    e = cause ?? (Array.isArray(errors) ? errors[0] : undefined);
  }
  return found;
}
