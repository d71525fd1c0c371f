import { existsSync, renameSync } from 'node:fs';
import { connectSqlite, type SqliteConnection } from '../platform/sqlite/sqlite-connection.ts';
import { type CopyWatch, copySqlite } from '../platform/sqlite/sqlite-copy.ts';
import { isBusy, isUnavailable } from '../platform/transient-errors.ts';
import { assertBoxOffice } from './box-office-file.ts';
import { checkCopy } from './check-copy.ts';
import { withNewFile } from './new-file.ts';

/** Somebody else may just be recovering the log of a process that was killed. */
const BUSY_TIMEOUT_MS = 5_000;

/** `signal` ends the work, and leaves nothing of it behind. */
export interface CheckedCopyWatch extends CopyWatch {
  /** Called once, before the copy is read again in whole. */
  readonly onCheck: () => void;
}

/**
 * Copies the SQLite database `file` to `target`, as it is at one moment, while others sell. The copy is checked before it
 * gets that name.
 * @returns how many bookings are in it
 * @throws Error when `target` exists, or when no sound copy could be made
 */
export async function backUp(file: string, target: string, watch: CheckedCopyWatch): Promise<number> {
  refuseToOverwrite(target);
  return withNewFile(
    target,
    async (copy) => {
      await copyWhileSelling(file, copy, watch);
      watch.onCheck();
      return checkCopy(copy, file, async (db) => {
        const [row] = await db.em().execute<{ bookings: number }[]>('select count(*) as bookings from bookings');
        return row?.bookings ?? 0;
      });
    },
    (copy) => {
      watch.signal.throwIfAborted();
      refuseToOverwrite(target);
      renameSync(copy, target);
    },
  );
}

async function copyWhileSelling(file: string, copy: string, watch: CheckedCopyWatch): Promise<void> {
  const source = connectSqlite(file, { busyTimeoutMs: BUSY_TIMEOUT_MS });
  try {
    assertBoxOffice(source, file);
    // What was restored and not opened since is not in WAL mode yet, where reading would keep a first start waiting.
    source.pragma('journal_mode = wal');
    await copySqlite(source, copy, watch);
    foldLog(source);
  } finally {
    source.close();
  }
}

/**
 * What others wrote meanwhile waits in the log for the copy to end, and a booking of theirs would bring it all to the file.
 * Where that cannot be done here, as on a disk that is full, the next commit tries it too.
 */
function foldLog(source: SqliteConnection): void {
  try {
    source.pragma('wal_checkpoint(passive)');
  } catch (error) {
    if (!isUnavailable(error) && !isBusy(error)) throw error;
  }
}

function refuseToOverwrite(target: string): void {
  if (existsSync(target)) throw new Error(`${target}: exists already, and is left alone`);
}
