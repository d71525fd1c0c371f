import type { Database } from '../platform/database.ts';
import { isBusy, isUnavailable } from '../platform/transient-errors.ts';
import { type Finding, MAX_ROWS_NAMED, Malformed } from './findings.ts';

/** What these checks say of a row that an application may have written; anything else is damage to the file. */
const OF_A_ROW = /^(CHECK constraint failed in|NULL value in)/;

/** @throws Malformed, or an error of SQLite's that says so */
export async function sqliteFindings(db: Database, thorough: boolean): Promise<Finding[]> {
  const check = thorough ? 'integrity_check' : 'quick_check';
  const answers = await db.em().execute<Record<string, string>[]>(`pragma ${check}(${MAX_ROWS_NAMED})`);
  const told = answers.map((answer) => String(answer[check])).filter((line) => line !== 'ok');
  const damage = told.find((line) => !OF_A_ROW.test(line));
  if (damage !== undefined) throw new Malformed(damage.replaceAll(/\s+/g, ' '));

  const orphans = await db.em().execute<{ table: string; rowid: number; parent: string }[]>('pragma foreign_key_check');
  await foldLog(db);
  return [
    { promise: 'every row keeps the rules of its table', rows: told },
    {
      promise: 'every booking has its event, and every ticket its booking',
      rows: orphans.slice(0, MAX_ROWS_NAMED).map(({ table, rowid }) => `${table.replace(/s$/, '')} ${rowid}`),
    },
  ].filter(({ rows }) => rows.length > 0);
}

/**
 * What others wrote meanwhile waits in the log for this long read to end, and a booking of theirs would copy it all. Where
 * that cannot be done here, as on a disk that is full, the next commit tries it too.
 */
async function foldLog(db: Database): Promise<void> {
  try {
    await db.em().execute('pragma wal_checkpoint(passive)');
  } catch (error) {
    if (!isUnavailable(error) && !isBusy(error)) throw error;
  }
}
