import type { SqlEntityManager } from '@mikro-orm/sql';
import { type RawBuilder, sql } from 'kysely';
import { type Event, EventSchema } from '../events/event.entity.ts';
import { type Database, toEntities } from '../platform/database.ts';
import { type Booking, BookingSchema } from './booking.entity.ts';
import { type BookingStatus, holdsPlaces, statesBefore } from './booking-status.ts';
import { settleOffers } from './offers/move-entries.ts';
import type { OfferParts } from './offers/offer-free-places.ts';
import { type Offers, offerPlaces } from './offers/offer-places.ts';
import { owedMail } from './owed-mail.ts';

export interface Move {
  /** Bookings of one event: their ids, or a SELECT of them. */
  readonly ids: readonly number[] | RawBuilder<unknown>;
  /** When given, only these: an id may have come from another box office that shares our Redis by mistake. */
  readonly references?: readonly string[];
  /** What else has to be so, in the statement that moves them. */
  readonly onlyIf?: RawBuilder<unknown>;
  readonly to: Exclude<BookingStatus, 'HELD'>;
  readonly at: Date;
  /** What else is written of each: columns from `rows`, a table expression of that name with a row for each `bookingId`. */
  readonly details?: { readonly rows: RawBuilder<unknown>; readonly columns: RawBuilder<unknown> };
  readonly failureReason?: string;
  /** Whether this box office sends mails: a booking with an address then owes it one about its new status, or of its offer. */
  readonly mails: boolean;
}

/** What a transaction has moved, and what it offered of the places that came back with it. */
export interface Moved {
  readonly moved: Booking[];
  /** null: no place came back. */
  readonly offers: Offers | null;
}

type Also = (tx: SqlEntityManager, moved: readonly Booking[]) => Promise<void>;

/**
 * Moves bookings to another state, with the event's counters, in one transaction. Guarded: a booking that has left
 * the states it may come from stays as it is, so each move happens once, whoever races for it and however often.
 * Places that come back are offered to those who wait for them, in the same transaction.
 * @param also further work of the same transaction, on the bookings that moved
 * @returns the bookings that moved, as they are now
 */
export async function transition({ db, offered }: OfferParts, move: Move, also?: Also): Promise<Booking[]> {
  const { moved, offers } = await db.transaction(move.to, (tx) => moveIn(db, tx, move, also));
  if (offers) offered(offers);
  return moved;
}

/** The same, as part of a transaction that is under way: what it offers has to be told of after the commit. */
export async function moveIn(db: Database, tx: SqlEntityManager, move: Move, also?: Also): Promise<Moved> {
  const moved = await moveRows(db, tx, move);
  if (moved.length === 0) return { moved, offers: null };
  await also?.(tx, moved);
  const event = await adjustCounters(tx, moved, move.to);
  const { to, at, mails } = move;
  const endedOffers = moved.filter((booking) => booking.waitingListEntryId != null && wasHeld(booking, to));
  if (to !== 'FAILED' && to !== 'FINALIZED') await settleOffers(db, tx, endedOffers, to, at);
  return { moved, offers: holdsPlaces(to) ? null : await offerPlaces({ db, mails }, tx, event, at) };
}

async function moveRows(db: Database, tx: SqlEntityManager, move: Move): Promise<Booking[]> {
  const { ids, references, onlyIf, to, at, details, failureReason, mails } = move;
  const when = db.timestamp(at);
  const found = Array.isArray(ids) ? null : (ids as RawBuilder<unknown>);
  const update = sql<object>`
    update bookings set status = ${to}, version = version + 1, updated_at = ${when},
      finalized_at = ${to === 'FINALIZED' ? when : sql.ref('finalized_at')},
      confirmed_at = ${to === 'PENDING' ? db.fromNow(0) : sql.ref('confirmed_at')}, failure_reason = ${failureReason ?? null},
      ${owedMail(db, to, mails)} ${details ? sql`, ${details.columns} from ${details.rows}` : sql``}
    where id ${found ? db.oneOfSelected(found) : db.oneOf(ids as readonly number[])}
      and ${statusOfFound} in (${sql.join(statesBefore(to).map((status) => sql.lit(status)))})
      ${references ? sql`and reference ${db.oneOf(references)}` : sql``} ${onlyIf ? sql`and ${onlyIf}` : sql``}
      ${details ? sql`and id = rows.${sql.ref('bookingId')}` : sql``}
    returning *`;
  const rows = found ? await db.orderedByIndex(update, tx) : (await update.execute(tx.getKysely())).rows;
  return toEntities(tx, BookingSchema, rows);
}

/**
 * The status of bookings that are found by their ids. As a plain column it would let PostgreSQL find them by the index of
 * what is PENDING, and walk through a whole backlog, when its statistics are of a time without one.
 */
export const statusOfFound = sql`status || ''`;

async function adjustCounters(tx: SqlEntityManager, moved: readonly Booking[], to: Move['to']): Promise<Event> {
  const sum = (bookings: readonly Booking[]) => bookings.reduce((places, booking) => places + booking.quantity, 0);
  const booked = holdsPlaces(to) ? 0 : -sum(moved);
  // A booking keeps the time of its finalization, so this tells what it was before it was cancelled.
  const finalized = to === 'FINALIZED' ? sum(moved) : -sum(moved.filter((booking) => booking.finalizedAt));
  const held = -sum(moved.filter((booking) => wasHeld(booking, to)));
  const { rows } = await sql<object>`
    update events set booked_count = booked_count + ${booked}, finalized_count = finalized_count + ${finalized},
      held_count = held_count + ${held}, version = version + 1
    where id = ${(moved[0] as Booking).eventId} returning *`.execute(tx.getKysely());
  return toEntities(tx, EventSchema, rows)[0] as Event;
}

/** A hold keeps the time of its confirmation, so one without it was HELD until its last move. */
function wasHeld({ expiresAt, confirmedAt }: Booking, to: Move['to']): boolean {
  return to === 'PENDING' || (expiresAt != null && confirmedAt == null);
}
