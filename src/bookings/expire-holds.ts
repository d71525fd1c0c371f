import { type RawBuilder, sql } from 'kysely';
import type { Database } from '../platform/database.ts';
import type { Booking } from './booking.entity.ts';
import { holdIsOver } from './hold-time.ts';
import type { OfferParts } from './offers/offer-free-places.ts';
import { transition } from './transition.ts';

/** So few that nobody waits long for their rows, or for SQLite's writer. */
export const EXPIRED_AT_ONCE = 500;

/**
 * Makes holds of an event EXPIRED whose time is over, those that ended first, and gives their places back: at most
 * `EXPIRED_AT_ONCE`, in one transaction. Whoever is just confirming one of them, or cancels it, is waited for and comes first.
 * @returns those that are EXPIRED by this
 */
export function expireHolds(parts: OfferParts, eventId: number, at: Date): Promise<Booking[]> {
  const { db, mails } = parts;
  return transition(parts, { ids: holdsOver(db, eventId), onlyIf: holdIsOver(db), to: 'EXPIRED', at, mails });
}

function holdsOver(db: Database, eventId: number): RawBuilder<unknown> {
  return sql`
    select id from bookings ${db.through('bookings_event_expiry')}
    where event_id = ${eventId} and status = 'HELD' and ${holdIsOver(db)}
    order by expires_at, id limit ${EXPIRED_AT_ONCE} ${db.ours}`;
}
