import { sql } from 'kysely';
import type { BookingStatus } from '../bookings/booking-status.ts';
import { bookingWalks } from '../bookings/booking-walks.ts';
import type { Database } from '../platform/database.ts';
import type { IndexWalk } from '../platform/index-walk.ts';
import { withRetry } from '../platform/transient-errors.ts';

/** The ids of CANCELLED events whose bookings are still to be cancelled, in their order. @param after only higher ones */
export async function eventsToCancel(db: Database, after: number, limit: number): Promise<number[]> {
  const rows = await db.orderedByIndex(sql<{ id: number }>`
    select id from events ${db.through('events_bookings_to_cancel')}
    where status = 'CANCELLED' and bookings_cancelled_at is null and id > ${after} order by id limit ${limit}`);
  return rows.map(({ id }) => id);
}

export interface HeldBookings {
  readonly eventId: number;
  readonly status: BookingStatus;
  /** Only those with a higher id. */
  readonly after: number;
  readonly limit: number;
}

/** The ids of bookings of an event in this status, in their order. */
export async function idsOfBookings(db: Database, { eventId, status, after, limit }: HeldBookings): Promise<number[]> {
  const [walk] = bookingWalks({ eventId, status }, { beyond: after, direction: 'asc', limit, columns: sql`id` });
  const rows = await db.orderedByIndex(db.walk(walk as IndexWalk));
  return (rows as { id: number }[]).map(({ id }) => id).toSorted((a, b) => a - b);
}

/**
 * Notes that nothing is owed any more. As no booking of a CANCELLED event is made, one that holds no place holds none again.
 * @returns whether that is so: false while places are held, or somebody waits, still
 */
export async function noteBookingsCancelled(db: Database, eventId: number, at: Date): Promise<boolean> {
  const { rows } = await withRetry(() =>
    sql`update events set bookings_cancelled_at = ${db.timestamp(at)}
      where id = ${eventId} and status = 'CANCELLED' and booked_count = 0
        and not exists (select 1 from waiting_list where event_id = ${eventId} and status = 'WAITING') returning id`.execute(
      db.em().getKysely(),
    ),
  );
  return rows.length > 0;
}
