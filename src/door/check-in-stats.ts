import type { IsNews } from '../bookings/live/event-news.ts';
import type { Event } from '../events/event.entity.ts';

/** How many have come in, of how many who may: both are counters of the event, and cost the same however many there are. */
export function checkInStats({ id, finalizedCount, redeemedCount }: Event) {
  return { eventId: id, ticketCount: finalizedCount, redeemedCount };
}

/** Those who watch the door need not hear of what is sold and not yet final. */
export const newsOfDoor: IsNews = (event, last) =>
  event.finalizedCount !== last.finalizedCount || event.redeemedCount !== last.redeemedCount;
