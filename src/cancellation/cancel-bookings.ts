import { setTimeout as pause } from 'node:timers/promises';
import { BOOKING_STATUSES, holdsPlaces } from '../bookings/booking-status.ts';
import type { Announce, AnnounceEntries } from '../bookings/live/update-hints.ts';
import { lapseWaiting } from '../bookings/offers/lapse-waiting.ts';
import type { OfferParts } from '../bookings/offers/offer-free-places.ts';
import { transition } from '../bookings/transition.ts';
import { idsOfBookings, noteBookingsCancelled } from './cancelled-events.ts';

/** So few that nobody waits long for their rows, or for SQLite's writer. */
const GROUP_SIZE = 500;
/** Between two groups others have their turn. */
const REST_MS = 2;

export interface CancelBookingsParts extends OfferParts {
  readonly announce: Announce;
  readonly announceEntries: AnnounceEntries;
  readonly now: () => Date;
  /** Whether this box office sends mails. */
  readonly mails: boolean;
}

/**
 * Cancels what a CANCELLED event has of bookings, and ends who waits for places of it, group by group, each in a transaction with the counters of the event.
 * Whatever ends this in between, the rows say what is left. What a worker finalizes meanwhile moves from the first status
 * to the second, and is found there, or in the next call.
 * @returns whether nothing is left
 */
export async function cancelBookingsOf(
  parts: CancelBookingsParts,
  eventId: number,
  signal: AbortSignal,
): Promise<boolean> {
  const { db, announce, now, mails } = parts;
  for (const status of BOOKING_STATUSES.filter(holdsPlaces)) {
    for (let after = 0, ids: number[] = []; ; ) {
      ids = await idsOfBookings(db, { eventId, status, after, limit: GROUP_SIZE });
      if (ids.length > 0) announce(await transition(parts, { ids, to: 'CANCELLED', at: now(), mails }));
      if (signal.aborted) return false;
      const last = ids[GROUP_SIZE - 1];
      if (last === undefined) break;
      after = last;
      await pause(REST_MS);
    }
  }
  return (await lapseWaiting(parts, eventId, signal)) && noteBookingsCancelled(db, eventId, now());
}
