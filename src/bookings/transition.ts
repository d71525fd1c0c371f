import { raw } from '@mikro-orm/core';
import type { SqlEntityManager } from '@mikro-orm/sql';
import { EventSchema } from '../events/event.entity.ts';
import type { Database } from '../platform/database.ts';
import { type Booking, BookingSchema } from './booking.entity.ts';
import { type BookingStatus, holdsPlaces, statesBefore } from './booking-status.ts';

export interface Move {
  /** Bookings of one event. */
  readonly ids: readonly number[];
  /** When given, only these: an id may have come from another box office that shares our Redis by mistake. */
  readonly references?: readonly string[];
  readonly to: Exclude<BookingStatus, 'PENDING'>;
  readonly at: Date;
  readonly failureReason?: string;
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
  return db.transaction(move.to, async (tx) => {
    const moved = await moveRows(tx, move);
    if (moved.length === 0) return moved;
    await also?.(tx, moved);
    await adjustCounters(tx, moved, move.to);
    return moved;
  });
}

function moveRows(tx: SqlEntityManager, { ids, references, to, at, failureReason }: Move): Promise<Booking[]> {
  return tx
    .qb(BookingSchema)
    .update({
      status: to,
      version: raw('version + 1'),
      updatedAt: at,
      ...(to === 'FINALIZED' && { finalizedAt: at }),
      ...(failureReason && { failureReason }),
    })
    .where({
      id: { $in: [...ids] },
      status: { $in: statesBefore(to) },
      ...(references && { reference: { $in: [...references] } }),
    })
    .returning('*')
    .execute<Booking[]>('all');
}

async function adjustCounters(tx: SqlEntityManager, moved: readonly Booking[], to: Move['to']): Promise<void> {
  const sum = (bookings: readonly Booking[]) => bookings.reduce((places, booking) => places + booking.quantity, 0);
  const booked = holdsPlaces(to) ? 0 : -sum(moved);
  // A booking keeps the time of its finalization, so this tells what it was before it was cancelled.
  const finalized = to === 'FINALIZED' ? sum(moved) : -sum(moved.filter((booking) => booking.finalizedAt));
  await tx
    .qb(EventSchema)
    .update({
      bookedCount: raw('booked_count + ?', [booked]),
      finalizedCount: raw('finalized_count + ?', [finalized]),
      version: raw('version + 1'),
    })
    .where({ id: (moved[0] as Booking).eventId })
    .execute('run');
}
