import { sql } from 'kysely';
import { type WaitingListEntry, WaitingListEntrySchema } from '../bookings/offers/waiting-list-entry.entity.ts';
import { type Database, toEntities } from '../platform/database.ts';
import type { WaitingWish } from './waiting-wish.ts';

/**
 * Entries of these users that wait, or are offered something. A range of one user, in the order of users, is what only
 * their index gives, whatever the statistics say.
 */
export async function activeEntries(
  db: Database,
  eventId: number,
  userIds: readonly string[],
): Promise<WaitingListEntry[]> {
  const users = [...new Set(userIds)].map((userId) => ({ userId }));
  const user = sql.ref('rows.userId');
  const active = sql`select id from waiting_list ${db.through('waiting_list_active_user')}
    where event_id = ${eventId} and user_id >= ${user} and user_id <= ${user} and status in ('WAITING', 'OFFERED')
    order by event_id, user_id limit 1`;
  const found = await db.orderedByIndex(sql<object>`
    select entries.* from ${db.jsonRows(users, { userId: 'text' })} cross join waiting_list entries
    where entries.id ${db.oneOfSelected(active)}`);
  return toEntities(db.em(), WaitingListEntrySchema, found);
}

/** Puts users at the end of the list, in this order. @returns the new entries; whoever is on it already is left out */
export function insertEntries(
  db: Database,
  eventId: number,
  wishes: readonly WaitingWish[],
  now: Date,
): Promise<WaitingListEntry[]> {
  const at = db.timestamp(now);
  const rows = wishes.map(({ userId, quantity, holderName, email }) => {
    // What is undefined is left out of the JSON, and null in the row.
    return { userId, quantity, holderName: holderName ?? undefined, email: email ?? undefined };
  });
  const source = db.jsonRows(rows, { userId: 'text', quantity: 'integer', holderName: 'text', email: 'text' });
  return db.transaction('join', async (tx) => {
    const inserted = await sql<object>`
      insert into waiting_list (event_id, user_id, quantity, status, holder_name, email, version, created_at, updated_at)
      select cast(${eventId} as integer), ${sql.ref('userId')}, quantity, 'WAITING', ${sql.ref('holderName')}, email, 1, ${db.fromNow(0)}, ${at}
      from ${source} where true
      on conflict do nothing
      returning *`.execute(tx.getKysely());
    return toEntities(tx, WaitingListEntrySchema, inserted.rows);
  });
}
