import { backUp } from '../backup/backup.ts';
import type { Config } from '../config.ts';
import { watchCopy } from './progress.ts';

/** Copies the SQLite database to a new file, while others sell, and prints what it made. */
export async function runBackup({ database }: Config, target: string): Promise<void> {
  if (database.kind !== 'sqlite') {
    throw new Error('backup is for SQLite; with PostgreSQL use pg_dump or pg_basebackup, see docs/operations.md');
  }
  const bookings = await backUp(database.file, target, watchCopy());
  console.log(`${target}: a checked copy of ${database.file}, with ${bookings} bookings`);
}
