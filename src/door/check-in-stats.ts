import type { EventNumber } from '../bookings/live/live-updates.ts';
import type { Event } from '../events/event.entity.ts';

export const CHECK_IN_NUMBERS: readonly EventNumber[] = ['finalizedCount', 'redeemedCount'];

/** How many have come in, of how many who may: both are counters of the event, and cost the same however many there are. */
export function checkInStats({ id, finalizedCount, redeemedCount }: Event) {
  return { eventId: id, ticketCount: finalizedCount, redeemedCount };
}
