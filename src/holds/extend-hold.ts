import { sql } from 'kysely';
import { z } from 'zod';
import { type Booking, BookingSchema } from '../bookings/booking.entity.ts';
import { endOfHold, holdIsGood } from '../bookings/hold-time.ts';
import { holdExpired, holdsNotAllowed, notHeld, notOnSale } from '../bookings/refusals.ts';
import type { BookingOutcome } from '../bookings/ticket-order.ts';
import { statusOfFound } from '../bookings/transition.ts';
import { type Event, EventSchema } from '../events/event.entity.ts';
import { MAX_HOLD_SECONDS } from '../events/event-rules.ts';
import { check, integer } from '../input-checks.ts';
import type { Database } from '../platform/database.ts';
import { toEntities } from '../platform/database.ts';
import { type HoldParts, ownBooking, settled } from './own-hold.ts';

export const EXTENSION_RULES = z.object({ holdSeconds: integer(1, MAX_HOLD_SECONDS) });

/**
 * Makes a hold that is good still end so many seconds from now, at most the event's `maxHoldSeconds`; never earlier than it
 * would have ended.
 * @param requiredOwner the user it must belong to; null: anybody's
 * @throws BoxOfficeError NOT_FOUND, BAD_USER_INPUT
 */
export async function extendHold(
  parts: HoldParts,
  bookingId: number | null,
  holdSeconds: number,
  requiredOwner: string | null,
): Promise<BookingOutcome> {
  const { db, now, changed } = parts;
  const { holdSeconds: seconds } = check(EXTENSION_RULES, { holdSeconds });
  const { id } = await ownBooking(db, bookingId, requiredOwner);
  const booking = await write(db, id, seconds, now());
  if (!booking) return answerFor(db, (await settled(parts, [id])).get(id) as Booking, seconds);
  changed([booking]);
  return { kind: 'booked', booking, replayed: false };
}

/** The guard. @returns null when it is no good hold any more, its event does not let it, or it ends later than that anyway */
function write(db: Database, id: number, seconds: number, at: Date): Promise<Booking | null> {
  const end = endOfHold(db, seconds);
  return db.transaction('extend-hold', async (tx) => {
    const written = await sql<object>`
      update bookings set expires_at = ${end}, version = version + 1, updated_at = ${db.timestamp(at)}
      where id = ${id} and ${statusOfFound} = 'HELD' and ${holdIsGood(db)} and expires_at < ${end} and exists (
        select 1 from events where events.id = bookings.event_id and events.status <> 'CANCELLED'
          and max_hold_seconds >= ${seconds})
      returning *`.execute(tx.getKysely());
    return toEntities(tx, BookingSchema, written.rows)[0] ?? null;
  });
}

async function answerFor(db: Database, booking: Booking, seconds: number): Promise<BookingOutcome> {
  if (booking.status === 'EXPIRED') return holdExpired();
  if (booking.status !== 'HELD') return notHeld(booking.status);
  const event = (await db.em().findOne(EventSchema, { id: booking.eventId })) as Event;
  if (event.status === 'CANCELLED') return notOnSale('Event is cancelled.');
  if (seconds > event.maxHoldSeconds) return holdsNotAllowed(event.maxHoldSeconds);
  return { kind: 'booked', booking, replayed: true };
}
