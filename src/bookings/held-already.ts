import type { SqlEntityManager } from '@mikro-orm/sql';
import { type RawBuilder, sql } from 'kysely';
import type { Event } from '../events/event.entity.ts';
import { type Database, toEntities } from '../platform/database.ts';
import { type Booking, BookingSchema } from './booking.entity.ts';
import { BOOKING_STATUSES, holdsPlaces } from './booking-status.ts';
import { pathOfUser } from './booking-walks.ts';
import type { TicketOrder } from './ticket-order.ts';

export type LimitedEvent = Event & { readonly maxPerUser: number };

/** What is looked at of a request before it is decided on. */
export type Wish = Pick<TicketOrder, 'userId' | 'quantity' | 'idempotencyKey'>;

export function placesOf(requests: readonly Pick<TicketOrder, 'quantity'>[]): number {
  return requests.reduce((places, { quantity }) => places + quantity, 0);
}

/** Nobody can hold more than all together: until they reach the limit, no user's bookings need to be read. */
export function limitMatters(event: Event, bookedPlaces: number): event is LimitedEvent {
  return event.maxPerUser != null && bookedPlaces > event.maxPerUser;
}

/** Bookings made earlier under the requests' idempotency keys. */
export async function readByKeys(db: Database, requests: readonly Wish[]): Promise<Booking[]> {
  const keys = requests
    .filter((request) => request.idempotencyKey !== null)
    .map(({ userId, idempotencyKey }) => ({ userId, idempotencyKey }));
  if (keys.length === 0) return [];
  const em = db.em();
  const { rows } = await sql<object>`
    select distinct b.* from ${db.jsonRows(keys, { userId: 'text', idempotencyKey: 'text' })}
    cross join bookings b
    where b.user_id = ${sql.ref('rows.userId')} and b.idempotency_key = ${sql.ref('rows.idempotencyKey')}`.execute(
    em.getKysely(),
  );
  return toEntities(em, BookingSchema, rows);
}

/**
 * Places that the users of `requests` hold, by user. Each booking holds a place at least, so of no user are more read than
 * the limit allows, and one more.
 */
export async function readPlacesByUser(
  db: Database,
  event: LimitedEvent,
  requests: readonly Pick<Wish, 'userId'>[],
  tx?: SqlEntityManager,
): Promise<Map<string, number>> {
  const users = [...new Set(requests.map(({ userId }) => userId))].map((userId) => ({ userId }));
  const held = BOOKING_STATUSES.filter(holdsPlaces).map((status) => {
    const path = pathOfUser({ event_id: event.id }, sql`${sql.ref('rows.userId')}`, status);
    const along = { beyond: null, direction: 'asc', limit: event.maxPerUser + 1 } as const;
    const walk = db.walk({ table: 'bookings', columns: sql`quantity`, ...path, ...along });
    return sql`coalesce((select sum(quantity) from (${walk}) as held), 0)`;
  });
  const statement: RawBuilder<{ userId: string; places: number | string }> = sql`
    select ${sql.ref('rows.userId')}, ${sql.join(held, sql` + `)} as places from ${db.jsonRows(users, { userId: 'text' })}`;
  const rows = await db.orderedByIndex(statement, tx);
  return new Map(rows.map((row) => [row.userId, Number(row.places)]));
}
