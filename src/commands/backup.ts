import { backUp } from '../backup/backup.ts';
import { type NextId, raiseIds, UNKNOWN_IDS } from '../backup/raise-ids.ts';
import { restore } from '../backup/restore.ts';
import type { Config } from '../config.ts';
import { assertMigrated } from '../migrations/migrate.ts';
import { openDatabase } from '../migrations/open-database.ts';
import { watchCopy } from './progress.ts';

/** Copies the SQLite database to a new file, while others sell, and prints what it made. */
export async function runBackup({ database }: Config, target: string): Promise<void> {
  if (database.kind !== 'sqlite') {
    throw new Error('backup is for SQLite; with PostgreSQL use pg_dump or pg_basebackup, see docs/operations.md');
  }
  const bookings = await backUp(database.file, target, watchCopy());
  console.log(`${target}: a checked copy of ${database.file}, with ${bookings} bookings`);
}

export interface RestoreCommandOptions {
  readonly idsAbove?: number;
}

/** Puts a backup in the place of the SQLite database, and prints what became of the ids and of the one before. */
export async function runRestore({ database }: Config, backup: string, options: RestoreCommandOptions): Promise<void> {
  if (database.kind !== 'sqlite') {
    throw new Error('restore is for SQLite; with PostgreSQL use pg_restore, then raise-ids, see docs/operations.md');
  }
  const { file } = database;
  const idsAbove = options.idsAbove ?? null;
  const { asideAs, nextIds, leapt } = await restore(file, backup, { ...watchCopy(), idsAbove, now: new Date() });
  console.log(`${file}: restored from ${backup}`);
  if (asideAs) console.log(`${asideAs}: the database before`);
  if (leapt) console.log(`what was given out after the backup is not known: the ids leap by ${UNKNOWN_IDS}`);
  printNextIds(nextIds);
}

export interface RaiseIdsOptions {
  readonly above?: number;
}

/** Lets the ids go on above those that were given out after a backup was made; prints where. */
export async function runRaiseIds({ database }: Config, { above }: RaiseIdsOptions): Promise<void> {
  const db = await openDatabase(database, { patient: true, mustExist: true });
  try {
    await assertMigrated(db);
    printNextIds(await raiseIds(db, (_table, known) => above ?? known + UNKNOWN_IDS));
  } finally {
    await db.close();
  }
}

function printNextIds(nextIds: readonly NextId[]): void {
  for (const { table, next } of nextIds) console.log(`${table} go on at ${next}`);
}
