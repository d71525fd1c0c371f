import type { SqlEntityManager } from '@mikro-orm/sql';
import { type RawBuilder, sql } from 'kysely';
import { type Database, toEntities } from '../platform/database.ts';
import { type Booking, BookingSchema } from './booking.entity.ts';
import { type BookingStatus, holdsPlaces, statesBefore } from './booking-status.ts';
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
  /** Whether this box office sends mails: a booking with an address then owes it one about its new status. */
  readonly mails: boolean;
}

/**
 * Moves bookings to another state, with the event's counters, in one transaction. Guarded: a booking that has left
 * the states it may come from stays as it is, so each move happens once, whoever races for it and however often.
 * @param also further work of the same transaction, on the bookings that moved
 * @returns the bookings that moved, as they are now
 */
export function transition(
  db: Database,
  move: Move,
  also?: (tx: SqlEntityManager, moved: readonly Booking[]) => Promise<void>,
): Promise<Booking[]> {
  return db.transaction(move.to, (tx) => moveIn(db, tx, move, also));
}

/** The same, as part of a transaction that is under way. */
export async function moveIn(
  db: Database,
  tx: SqlEntityManager,
  move: Move,
  also?: (tx: SqlEntityManager, moved: readonly Booking[]) => Promise<void>,
): Promise<Booking[]> {
  const moved = await moveRows(db, tx, move);
  if (moved.length === 0) return moved;
  await also?.(tx, moved);
  await adjustCounters(tx, moved, move.to);
  return moved;
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

async function adjustCounters(tx: SqlEntityManager, moved: readonly Booking[], to: Move['to']): Promise<void> {
  const sum = (bookings: readonly Booking[]) => bookings.reduce((places, booking) => places + booking.quantity, 0);
  const booked = holdsPlaces(to) ? 0 : -sum(moved);
  // A booking keeps the time of its finalization, so this tells what it was before it was cancelled.
  const finalized = to === 'FINALIZED' ? sum(moved) : -sum(moved.filter((booking) => booking.finalizedAt));
  const held = -sum(to === 'PENDING' ? moved : moved.filter(wasHeld));
  await sql`
    update events set booked_count = booked_count + ${booked}, finalized_count = finalized_count + ${finalized},
      held_count = held_count + ${held}, version = version + 1
    where id = ${(moved[0] as Booking).eventId}`.execute(tx.getKysely());
}

/** A hold keeps the time of its confirmation, so one without it was HELD until its last move. */
function wasHeld({ expiresAt, confirmedAt }: Booking): boolean {
  return expiresAt != null && confirmedAt == null;
}
