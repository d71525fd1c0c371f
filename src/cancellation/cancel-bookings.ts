import { setTimeout as pause } from 'node:timers/promises';
import { BOOKING_STATUSES, holdsPlaces } from '../bookings/booking-status.ts';
import type { Announce } from '../bookings/live/update-hints.ts';
import { transition } from '../bookings/transition.ts';
import type { Database } from '../platform/database.ts';
import { idsOfBookings, noteBookingsCancelled } from './cancelled-events.ts';

/** So few that nobody waits long for their rows, or for SQLite's writer. */
const GROUP_SIZE = 500;
/** Between two groups others have their turn. */
const REST_MS = 2;

export interface CancelBookingsParts {
  readonly db: Database;
  readonly announce: Announce;
  readonly now: () => Date;
  /** Whether this box office sends mails. */
  readonly mails: boolean;
}

/**
 * Cancels what a CANCELLED event has of bookings, group by group, each in a transaction with the counters of the event.
 * Whatever ends this in between, the rows say what is left. What a worker finalizes meanwhile moves from the first status
 * to the second, and is found there, or in the next call.
 * @returns whether nothing is left
 */
export async function cancelBookingsOf(
  { db, announce, now, mails }: CancelBookingsParts,
  eventId: number,
  signal: AbortSignal,
): Promise<boolean> {
  for (const status of BOOKING_STATUSES.filter(holdsPlaces)) {
    for (let after = 0, ids: number[] = []; ; ) {
      ids = await idsOfBookings(db, { eventId, status, after, limit: GROUP_SIZE });
      if (ids.length > 0) announce(await transition(db, { ids, to: 'CANCELLED', at: now(), mails }));
      if (signal.aborted) return false;
      const last = ids[GROUP_SIZE - 1];
      if (last === undefined) break;
      after = last;
      await pause(REST_MS);
    }
  }
  return noteBookingsCancelled(db, eventId, now());
}
