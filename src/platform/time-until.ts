import { type RawBuilder, sql } from 'kysely';
import type { Database } from './database.ts';

/**
 * How long until a time that a row has, by the database's clock: not above 0 for one that is past; null without a row.
 * @param rows `from …` to `limit 1`, in the order of an index
 */
export async function msUntil(db: Database, column: string, rows: RawBuilder<unknown>): Promise<number | null> {
  const [row] = await db.orderedByIndex(sql<{ next: Date | string | number; now: Date | string | number }>`
    select ${sql.ref(column)} as next, ${db.fromNow(0)} as now ${rows}`);
  return row ? new Date(row.next).getTime() - new Date(row.now).getTime() : null;
}
