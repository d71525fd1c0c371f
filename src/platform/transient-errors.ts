import { setTimeout as delay } from 'node:timers/promises';

const SQLITE_BUSY = /^SQLITE_(BUSY|LOCKED)/;
/** serialization_failure, deadlock_detected, lock_not_available: the transaction was rolled back and had no effect. */
const POSTGRESQL_BUSY = new Set(['40001', '40P01', '55P03']);
/** Full, read-only or broken disks, by SQLite's primary result code. */
const SQLITE_UNAVAILABLE = /^SQLITE_(FULL|READONLY|IOERR|CANTOPEN|CORRUPT|NOTADB)/;
/** connection_exception, insufficient_resources, operator_intervention (also statement_timeout), read_only_sql_transaction, idle timeout. */
const POSTGRESQL_UNAVAILABLE = /^(08|53|57|58|25006|25P0)/;
/** A damaged file or index, by SQLite's result code and PostgreSQL's data_corrupted and index_corrupted. */
const MALFORMED = /^(SQLITE_(CORRUPT|NOTADB)|XX00[12]$)/;
const NETWORK = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EHOSTUNREACH', 'EAI_AGAIN']);
const PG_CLIENT_MESSAGE =
  /Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error/;

const BUSY_RETRY_BUDGET_MS = 2_500;
const BUSY_RETRY_MAX_DELAY_MS = 100;

/** Whether the database refused because somebody else was at work: nothing was changed, trying again is safe. */
export function isBusy(error: unknown): boolean {
  return causes(error).some(({ code }) => SQLITE_BUSY.test(code) || POSTGRESQL_BUSY.has(code));
}

/** Whether the database is out of reach or out of order, as opposed to a mistake in our statement. */
export function isUnavailable(error: unknown): boolean {
  return causes(error).some(
    ({ code, message }) =>
      SQLITE_UNAVAILABLE.test(code) ||
      POSTGRESQL_UNAVAILABLE.test(code) ||
      NETWORK.has(code) ||
      PG_CLIENT_MESSAGE.test(message),
  );
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
  readonly message: string;
}

/** An error with what caused it, told by their fields: drivers and Node do not share one Error class in every host. */
function causes(error: unknown): Failure[] {
  const found: Failure[] = [];
  for (let e = error; typeof e === 'object' && e !== null && found.length < 5; ) {
    const { code, message, cause, errors } = e as Partial<Failure> & { cause?: unknown; errors?: unknown };
    found.push({ code: String(code ?? ''), message: String(message ?? '') });
    e = cause ?? (Array.isArray(errors) ? errors[0] : undefined);
  }
  return found;
}
