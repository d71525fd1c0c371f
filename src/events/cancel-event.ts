import { sql } from 'kysely';
import { z } from 'zod';
import { notFound } from '../errors.ts';
import { check, title } from '../input-checks.ts';
import { type Database, toEntities } from '../platform/database.ts';
import { type Event, EventSchema } from './event.entity.ts';

export const CANCEL_EVENT_RULES = z.object({ reason: title(1, 500) });

export interface CancelEventParts {
  readonly db: Database;
  readonly now: () => Date;
  /** Called after the commit; must not throw. */
  readonly cancelled: (eventId: number) => void;
}

/**
 * Cancels an event, for good: no booking is made from this commit on. The bookings that it has are cancelled by the worker,
 * which the row owes them from here on. A cancelled event is returned unchanged, with the reason it was given first.
 * @param reason for people; 1 to 500 characters
 * @throws BoxOfficeError NOT_FOUND; BAD_USER_INPUT
 */
export async function cancelEvent(
  { db, now, cancelled }: CancelEventParts,
  id: number | null,
  reason: string,
): Promise<Event> {
  const given = check(CANCEL_EVENT_RULES, { reason });
  if (id === null) throw notFound('Event');
  const event = await write(db, id, given.reason, now());
  if (event) {
    cancelled(id);
    return event;
  }
  const found = await db.em().findOne(EventSchema, { id });
  if (!found) throw notFound('Event');
  return found;
}

/** @returns null when there is no such event, or it is cancelled already */
function write(db: Database, id: number, reason: string, at: Date): Promise<Event | null> {
  return db.transaction('cancel-event', async (tx) => {
    const written = await sql<object>`
      update events set status = 'CANCELLED', cancellation_reason = ${reason}, cancelled_at = ${db.timestamp(at)},
        bookings_cancelled_at = null, edition = edition + 1, version = version + 1
      where id = ${id} and status <> 'CANCELLED' returning *`.execute(tx.getKysely());
    return toEntities(tx, EventSchema, written.rows)[0] ?? null;
  });
}
