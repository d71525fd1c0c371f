import { fdatasyncSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { malformation } from '../transient-errors.ts';
import type { SqliteConnection } from './sqlite-connection.ts';
import { blame } from './sqlite-files.ts';

interface CopyProgress {
  readonly copiedBytes: number;
  readonly totalBytes: number;
}

export interface CopyWatch {
  readonly signal: AbortSignal;
  /** Called between two steps. */
  readonly onProgress: (progress: CopyProgress) => void;
}

const PAGES_PER_STEP = 1_000;

/**
 * Copies the database as it is at one moment into `file`, which must not exist and which only its owner may read.
 * Others go on committing meanwhile. It is the open transaction that keeps the copy from beginning anew with each of
 * their commits (https://www.sqlite.org/c3ref/backup_finish.html#sqlite3backupstep). Each step is brought to the disk
 * before the next, so that no commit of theirs waits there behind the whole copy.
 */
export async function copySqlite(source: SqliteConnection, file: string, watch: CopyWatch): Promise<void> {
  const copy = await open(file, 'wx', 0o600);
  try {
    const pageBytes = Number(source.pragma('page_size', { simple: true }));
    source.exec('begin');
    source.prepare('select 1 from sqlite_master').get();
    await source.backup(file, {
      progress: ({ totalPages, remainingPages }) => {
        watch.signal.throwIfAborted();
        fdatasyncSync(copy.fd);
        watch.onProgress({
          copiedBytes: (totalPages - remainingPages) * pageBytes,
          totalBytes: totalPages * pageBytes,
        });
        return PAGES_PER_STEP;
      },
    });
  } catch (error) {
    if (watch.signal.aborted) throw error;
    blame(malformation(error) === null ? file : source.name, error);
  } finally {
    if (source.inTransaction) source.exec('rollback');
    await copy.close();
  }
}
