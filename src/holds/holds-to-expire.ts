import { sql } from 'kysely';
import { holdIsOver } from '../bookings/hold-time.ts';
import type { Database } from '../platform/database.ts';
import { msUntil } from '../platform/time-until.ts';

/** Events with holds whose time is over, as far as the `limit` of them tell that ended first. @returns none when there are none */
export async function eventsWithHoldsOver(db: Database, limit: number): Promise<number[]> {
  const rows = await db.orderedByIndex(sql<{ eventId: number }>`
    select event_id as "eventId" from bookings ${db.through('bookings_next_expiry')}
    where status = 'HELD' and ${holdIsOver(db)} order by expires_at, event_id limit ${limit}`);
  return [...new Set(rows.map(({ eventId }) => eventId))];
}

/** How long until the next hold ends, not above 0 for one that is over; null: there is none. */
export function nextExpiryInMs(db: Database): Promise<number | null> {
  return msUntil(
    db,
    'expires_at',
    sql`from bookings ${db.through('bookings_next_expiry')}
    where status = 'HELD' order by expires_at, event_id limit 1`,
  );
}
