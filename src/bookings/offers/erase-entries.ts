import { type RawBuilder, sql } from 'kysely';
import type { Database } from '../../platform/database.ts';
import { nobody } from '../nobody.ts';

/** So few that nobody waits long for their rows. */
const ERASED_AT_ONCE = 500;

/** As with `statusOfFound`: the entries are found by their ids. */
const userOfFound = sql`user_id || ''`;

/**
 * Takes out of a user's entries of waiting lists who it was. Who waits still has left: nobody would come for what is offered.
 * In groups, as with the bookings of that user. @returns how many they were
 */
export async function eraseEntries(db: Database, userId: string, at: Date): Promise<number> {
  for (let erased = 0; ; ) {
    const ids = await entriesOf(db, userId);
    if (ids.length === 0) return erased;
    const rows = ids.map((id) => ({ entryId: id, nobody: nobody() }));
    const source = db.jsonRows(rows, { entryId: 'integer', nobody: 'text' });
    const entryId = sql.ref('entryId');
    erased += await db.transaction('erase', async (tx) => {
      const written = await sql<{ id: number }>`
        with held as materialized (
          select rows.* from ${source} cross join waiting_list
          where waiting_list.id ${db.oneOf(ids)} and waiting_list.id = rows.${entryId} and ${userOfFound} = ${userId}
          ${db.held({ own: 'waiting_list' })})
        update waiting_list set user_id = held.nobody, holder_name = null, email = null, updated_at = ${db.timestamp(at)},
          version = case when status = 'WAITING' then version + 1 else version end,
          status = case when status = 'WAITING' then 'LEFT' else status end
        from held where waiting_list.id ${db.oneOf(ids)} and waiting_list.id = held.${entryId}
        returning waiting_list.id`.execute(tx.getKysely());
      return written.rows.length;
    });
  }
}

async function entriesOf(db: Database, userId: string): Promise<number[]> {
  const walk = db.walk({
    table: 'waiting_list',
    index: 'waiting_list_user',
    equals: { user_id: userId },
    beyond: null,
    direction: 'asc',
    limit: ERASED_AT_ONCE,
    columns: sql`id`,
  });
  return (await db.orderedByIndex(walk as RawBuilder<{ id: number }>)).map(({ id }) => id);
}
