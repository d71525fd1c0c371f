import { BOOKING_STATUSES, holdsPlaces } from '../bookings/booking-status.ts';
import type { Announce, AnnounceEntries } from '../bookings/live/update-hints.ts';
import { lapseWaiting } from '../bookings/offers/lapse-waiting.ts';
import type { OfferParts } from '../bookings/offers/offer-free-places.ts';
import { transition } from '../bookings/transition.ts';
import { inGroups } from '../platform/in-groups.ts';
import { idsOfBookings, noteBookingsCancelled } from './cancelled-events.ts';

export interface CancelBookingsParts extends OfferParts {
  readonly announce: Announce;
  readonly announceEntries: AnnounceEntries;
  readonly now: () => Date;
  /** Whether this box office sends mails. */
  readonly mails: boolean;
}

/**
 * Cancels what a CANCELLED event has of bookings, and ends the wait for places of it, group by group, each in a transaction
 * with the counters of the event. Whatever ends this in between, the rows say what is left. What a worker finalizes meanwhile
 * moves from the first status to the second, and is found there, or in the next call.
 * @returns whether nothing is left
 */
export async function cancelBookingsOf(
  parts: CancelBookingsParts,
  eventId: number,
  signal: AbortSignal,
): Promise<boolean> {
  const { db, announce, now, mails } = parts;
  for (const status of BOOKING_STATUSES.filter(holdsPlaces)) {
    const cancelled = await inGroups({
      next: (after, limit) => idsOfBookings(db, { eventId, status, after, limit }),
      work: async (ids) => announce(await transition(parts, { ids, to: 'CANCELLED', at: now(), mails })),
      signal,
    });
    if (!cancelled) return false;
  }
  return (await lapseWaiting(parts, eventId, signal)) && noteBookingsCancelled(db, eventId, now());
}
