import { existsSync, linkSync, renameSync } from 'node:fs';
import { connectSqlite, type SqliteConnection } from '../platform/sqlite/sqlite-connection.ts';
import { blame } from '../platform/sqlite/sqlite-files.ts';
import { isBusy, malformation } from '../platform/transient-errors.ts';
import type { NewestBooking } from './box-office-file.ts';

export interface GivenOut {
  /** The last id of each table. */
  readonly ids: ReadonlyMap<string, number>;
  /** Whether nobody can have given out more than that since the backup. */
  readonly complete: boolean;
}

const NOTHING_KNOWN: GivenOut = { ids: new Map(), complete: false };

/** The database that a restore replaces. */
export class FormerDatabase {
  readonly #file: string;
  /** null when SQLite cannot make sense of it. */
  readonly #connection: SqliteConnection | null;

  constructor(file: string, connection: SqliteConnection | null) {
    this.#file = file;
    this.#connection = connection;
  }

  /**
   * Which ids were given out. Complete when this is a sound database that went on from `newest`, the newest booking of a
   * backup; any other one, such as one that was begun after a disk was lost, says nothing of what came after the backup.
   */
  givenOut(newest: NewestBooking | null): GivenOut {
    if (!this.#connection) return NOTHING_KNOWN;
    try {
      const rows = this.#connection.prepare('select name, seq from sqlite_sequence').all();
      const ids = new Map((rows as { name: string; seq: number }[]).map(({ name, seq }) => [name, seq]));
      const same = this.#connection.prepare('select 1 from bookings where id = ? and reference = ?');
      const wentOn = newest !== null && same.get(newest.id, newest.reference) !== undefined;
      return { ids, complete: wentOn && this.#connection.pragma('quick_check(1)', { simple: true }) === 'ok' };
    } catch {
      // It is malformed, or no box office's: nothing that it says is relied on.
      return NOTHING_KNOWN;
    }
  }

  /** Gives it another name as well, with its log where that could not be brought into it. */
  putAside(name: string): void {
    linkSync(this.#file, name);
    const log = `${this.#file}-wal`;
    if (existsSync(log)) renameSync(log, `${name}-wal`);
  }

  /** From here on others may open it. */
  close(): void {
    this.#connection?.close();
  }
}

/**
 * Takes a database for oneself, so that no box office sells from it while it is replaced, and none that starts meanwhile
 * opens it. A connection in WAL mode holds its lock for as long as it is open, also when it is idle or stopped.
 * @returns null when there is none
 * @throws Error when somebody has it open
 */
export function takeOver(file: string): FormerDatabase | null {
  if (!existsSync(file)) return null;
  const connection = connectSqlite(file, { busyTimeoutMs: 0 });
  try {
    foldLog(connection);
    connection.exec('begin exclusive');
    const reopened = connection.pragma('journal_mode', { simple: true }) !== 'delete';
    if (reopened) throw inUse(file);
    return new FormerDatabase(file, connection);
  } catch (error) {
    connection.close();
    if (isBusy(error)) throw inUse(file);
    // SQLite cannot lock what it does not know for a database.
    if (malformation(error) !== null) return new FormerDatabase(file, null);
    return blame(file, error);
  }
}

/** Brings the write-ahead log into the file, for which everybody else must have closed it. */
function foldLog(connection: SqliteConnection): void {
  connection.pragma('locking_mode = exclusive');
  connection.exec('begin exclusive; commit');
  connection.pragma('journal_mode = delete');
  // Lets go, for a moment, to be rid of a journal that would be removed at the end, by its name: the new database's.
  connection.pragma('locking_mode = normal');
  connection.exec('begin exclusive; commit');
}

function inUse(file: string): Error {
  return new Error(`${file}: is in use; stop every box office and every other command on it first`);
}
