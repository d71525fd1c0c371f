import { sql } from 'kysely';
import type { Database } from '../../platform/database.ts';

/** Counted no further. */
const MAX_COUNTED = 10_000;

/** How many entries wait, of all events together; up to 10,000. */
export async function countWaiting(db: Database): Promise<number> {
  const { rows } = await sql<{ entries: number }>`
    select cast(count(*) as integer) as entries from (
      select 1 from waiting_list ${db.through('waiting_list_waiting')} where status = 'WAITING' limit ${sql.lit(MAX_COUNTED)}
    ) as waiting`.execute(db.em().getKysely());
  return rows[0]?.entries ?? 0;
}
