import type { SqlEntityManager } from '@mikro-orm/sql';
import { sql } from 'kysely';
import { type Event, EventSchema } from '../events/event.entity.ts';
import { isOnSale } from '../events/on-sale.ts';
import { type Database, selectEntities, toEntities } from '../platform/database.ts';
import { keyOf, type Situation } from './admission.ts';
import { type Booking, BookingSchema } from './booking.entity.ts';
import { type LimitedEvent, limitMatters, placesOf, readByKeys, readPlacesByUser, type Wish } from './held-already.ts';
import { holdIsOver } from './hold-time.ts';
import { type InsertedRow, insertBookings, newBooking } from './insert-bookings.ts';
import { freePlacesArePromised } from './offers/first-waiting.ts';
import type { TicketOrder } from './ticket-order.ts';

export interface WrittenGroup {
  /** In the order of the requests. */
  readonly bookings: readonly Booking[];
  readonly event: Event;
}

/** The database said no to a group: a place, a key or a limit went to somebody else meanwhile. Nothing was written. */
export class GroupRefused extends Error {}

/** Reads all that a decision on `requests` needs; null for an unknown event. */
export async function readSituation(
  db: Database,
  eventId: number,
  requests: readonly Wish[],
): Promise<Situation | null> {
  const [row] = (await eventAtOnce(db, eventId).execute(db.em().getKysely())).rows;
  if (!row) return null;
  const { holdsAreOver, promised, ...columns } = row;
  const event = toEntities(db.em(), EventSchema, [columns])[0] as Event;
  const found = await readByKeys(db, requests);
  const earlier = new Map(found.map((booking) => [keyOf(booking) as string, booking]));
  const limited = limitMatters(event, event.bookedCount + placesOf(requests));
  const placesByUser = limited ? await readPlacesByUser(db, event, requests) : new Map();
  return { event, earlier, placesByUser, holdsAreOver: Boolean(holdsAreOver), promised: Boolean(promised) };
}

/**
 * One statement, so that all is of one moment: a place that is seen neither as free nor as that of a hold that is over
 * is taken.
 */
function eventAtOnce(db: Database, eventId: number) {
  return sql<{ holdsAreOver: boolean | number; promised: boolean | number }>`
    select events.*, held_count > 0 and exists (
      select 1 from (select expires_at from bookings ${db.through('bookings_event_expiry')}
        where event_id = ${eventId} and bookings.status = 'HELD' order by expires_at, id limit 1) as first
      where ${holdIsOver(db)}) as "holdsAreOver", ${freePlacesArePromised(db, eventId)} as promised
    from events where id = ${eventId}`;
}

/**
 * Writes a group in one transaction: all of it, or nothing.
 * @throws GroupRefused when not all of it is possible any more
 */
export function writeGroup(
  db: Database,
  eventId: number,
  requests: readonly TicketOrder[],
  now: Date,
): Promise<WrittenGroup> {
  return db.transaction('booking', async (tx) => {
    const inserted = await insertBookings(db, tx, eventId, requests, now);
    const recovered = await recoverOwnRows(db, tx, requests, inserted);
    const written = requests.filter(({ reference }) => !recovered.has(reference));
    const event = await takePlaces(db, tx, eventId, written, requests, now);
    if (limitMatters(event, event.bookedCount)) await refuseAboveUserLimit(db, tx, event, requests);
    const bookings = requests.map(
      (request) =>
        recovered.get(request.reference) ?? newBooking(inserted.get(request.reference) as InsertedRow, request, now),
    );
    return { bookings, event };
  });
}

export function findByReferences(
  db: Database,
  em: SqlEntityManager,
  references: readonly string[],
): Promise<Booking[]> {
  return selectEntities(em, BookingSchema, sql`select * from bookings where reference ${db.oneOf(references)}`);
}

/** A row left out for its reference is ours, from an attempt whose commit went unanswered. One left out for its key is not. */
async function recoverOwnRows(
  db: Database,
  tx: SqlEntityManager,
  requests: readonly TicketOrder[],
  inserted: ReadonlyMap<string, unknown>,
): Promise<Map<string, Booking>> {
  const missing = requests.filter((request) => !inserted.has(request.reference)).map((request) => request.reference);
  if (missing.length === 0) return new Map();
  const own = await findByReferences(db, tx, missing);
  if (own.length < missing.length) throw new GroupRefused('idempotency key taken');
  return new Map(own.map((booking) => [booking.reference, booking]));
}

/** The guard: whatever happened before, places are only taken when they are there, on sale, and nobody's who waits. */
async function takePlaces(
  db: Database,
  tx: SqlEntityManager,
  eventId: number,
  written: readonly TicketOrder[],
  requests: readonly TicketOrder[],
  now: Date,
): Promise<Event> {
  const places = placesOf(written);
  const held = placesOf(written.filter(({ holdSeconds }) => holdSeconds !== null));
  const largestBooking = Math.max(...requests.map(({ quantity }) => quantity));
  const longestHold = Math.max(...requests.map(({ holdSeconds }) => holdSeconds ?? 0));
  const taken = await sql<object>`
    update events set booked_count = booked_count + ${places}, held_count = held_count + ${held}, version = version + 1
    where id = ${eventId} and booked_count + ${places} <= capacity and ${isOnSale(db, now)}
      and max_per_booking >= ${largestBooking} and max_hold_seconds >= ${longestHold}
      ${places > 0 ? sql`and not ${freePlacesArePromised(db, eventId)}` : sql``}
    returning *`.execute(tx.getKysely());
  const [event] = toEntities(tx, EventSchema, taken.rows);
  if (!event) throw new GroupRefused('no place');
  return event;
}

/** Runs behind the row lock that takePlaces holds, so no booking of the same event can slip in between. */
async function refuseAboveUserLimit(
  db: Database,
  tx: SqlEntityManager,
  event: LimitedEvent,
  requests: readonly TicketOrder[],
): Promise<void> {
  const places = await readPlacesByUser(db, event, requests, tx);
  for (const held of places.values()) if (held > event.maxPerUser) throw new GroupRefused('limit per user');
}
