import { type NextId, raiseIds, UNKNOWN_IDS } from '../backup/raise-ids.ts';
import type { Config } from '../config.ts';
import { assertMigrated } from '../migrations/migrate.ts';
import { openDatabase } from '../migrations/open-database.ts';

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

export function printNextIds(nextIds: readonly NextId[]): void {
  for (const { table, next } of nextIds) console.log(`${table} go on at ${next}`);
}
