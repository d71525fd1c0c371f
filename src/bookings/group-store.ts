import type { SqlEntityManager } from '@mikro-orm/sql';
import { sql } from 'kysely';
import { type Event, EventSchema } from '../events/event.entity.ts';
import { type Database, selectEntities, toEntities } from '../platform/database.ts';
import { keyOf, type Situation } from './admission.ts';
import { type Booking, BookingSchema } from './booking.entity.ts';
import { type LimitedEvent, limitMatters, placesOf, readByKeys, readPlacesByUser } from './held-already.ts';
import { holdIsOver } from './hold-time.ts';
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
  requests: readonly TicketOrder[],
): Promise<Situation | null> {
  const [row] = (await eventWithHolds(db, eventId).execute(db.em().getKysely())).rows;
  if (!row) return null;
  const { holdsAreOver, ...columns } = row;
  const event = toEntities(db.em(), EventSchema, [columns])[0] as Event;
  const found = await readByKeys(db, requests);
  const earlier = new Map(found.map((booking) => [keyOf(booking) as string, booking]));
  const limited = limitMatters(event, event.bookedCount + placesOf(requests));
  const placesByUser = limited ? await readPlacesByUser(db, event, requests) : new Map();
  return { event, earlier, placesByUser, holdsAreOver: Boolean(holdsAreOver) };
}

/**
 * One statement, so that both are of one moment: a place that is seen neither as free nor as that of a hold that is over
 * is taken.
 */
function eventWithHolds(db: Database, eventId: number) {
  return sql<{ holdsAreOver: boolean | number }>`
    select events.*, held_count > 0 and exists (
      select 1 from (select expires_at from bookings ${db.through('bookings_event_expiry')}
        where event_id = ${eventId} and bookings.status = 'HELD' order by expires_at, id limit 1) as first
      where ${holdIsOver(db)}) as "holdsAreOver"
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

interface InsertedRow {
  readonly id: number;
  readonly reference: string;
  readonly expires: Date | string | number | null;
}

/** One statement for the whole group; rows whose reference or idempotency key is taken are left out. */
async function insertBookings(
  db: Database,
  tx: SqlEntityManager,
  eventId: number,
  requests: readonly TicketOrder[],
  now: Date,
): Promise<Map<string, InsertedRow>> {
  const at = db.timestamp(now);
  const rows = requests.map(({ reference, userId, quantity, idempotencyKey, fingerprint, ...details }) => {
    // What is undefined is left out of the JSON, and null in the row.
    const [holderName, email] = [details.holderName ?? undefined, details.email ?? undefined];
    const holdMs = details.holdSeconds === null ? undefined : details.holdSeconds * 1_000;
    return { reference, userId, quantity, idempotencyKey, fingerprint, holderName, email, holdMs };
  });
  const source = db.jsonRows(rows, {
    reference: 'text',
    userId: 'text',
    quantity: 'integer',
    idempotencyKey: 'text',
    fingerprint: 'text',
    holderName: 'text',
    email: 'text',
    holdMs: 'integer',
  });
  const inserted = await sql<InsertedRow>`
    insert into bookings (reference, event_id, user_id, quantity, status, expires_at, idempotency_key, fingerprint, holder_name, email, version, created_at, updated_at)
    select reference, cast(${eventId} as integer), ${sql.ref('userId')}, quantity,
      case when ${sql.ref('holdMs')} is null then 'PENDING' else 'HELD' end, ${db.fromNow(sql.ref('holdMs'))},
      ${sql.ref('idempotencyKey')}, fingerprint, ${sql.ref('holderName')}, email, 1, ${at}, ${at}
    from ${source} where true
    on conflict do nothing
    returning id, reference, expires_at as expires`.execute(tx.getKysely());
  return new Map(inserted.rows.map((row) => [row.reference, row]));
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

/** The guard: whatever happened before, places are only taken when they are there and on sale. */
async function takePlaces(
  db: Database,
  tx: SqlEntityManager,
  eventId: number,
  written: readonly TicketOrder[],
  requests: readonly TicketOrder[],
  now: Date,
): Promise<Event> {
  const at = db.timestamp(now);
  const places = placesOf(written);
  const held = placesOf(written.filter(({ holdSeconds }) => holdSeconds !== null));
  const largestBooking = Math.max(...requests.map(({ quantity }) => quantity));
  const longestHold = Math.max(...requests.map(({ holdSeconds }) => holdSeconds ?? 0));
  const taken = await sql<object>`
    update events set booked_count = booked_count + ${places}, held_count = held_count + ${held}, version = version + 1
    where id = ${eventId} and booked_count + ${places} <= capacity and status = 'ON_SALE'
      and max_per_booking >= ${largestBooking} and max_hold_seconds >= ${longestHold}
      and (sales_open_at is null or sales_open_at <= ${at}) and (sales_close_at is null or sales_close_at > ${at})
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

function newBooking({ id, expires }: InsertedRow, request: TicketOrder, now: Date): Booking {
  const { holdSeconds, ...order } = request;
  return {
    ...order,
    id,
    status: holdSeconds === null ? 'PENDING' : 'HELD',
    expiresAt: expires === null ? null : new Date(expires),
    confirmedAt: null,
    confirmationKey: null,
    paymentReference: null,
    failureReason: null,
    version: 1,
    createdAt: now,
    updatedAt: now,
    finalizedAt: null,
    mailStatus: null,
    mailError: null,
  } as Booking;
}
