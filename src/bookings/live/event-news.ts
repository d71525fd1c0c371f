import type { EventNow } from './event-numbers.ts';
import type { UpdateStream } from './update-stream.ts';

/** Whether a newer state of an event says something new to those who watch it. */
export type IsNews = (event: EventNow, last: EventNow) => boolean;

const SALE_NUMBERS = [
  'capacity',
  'bookedCount',
  'heldCount',
  'finalizedCount',
  'waitingCount',
] as const satisfies readonly (keyof EventNow)[];

/** Those who watch a sale need not hear of each scan at the door. */
export const newsOfSale: IsNews = (event, last) =>
  event.redeemedCount === last.redeemedCount || SALE_NUMBERS.some((name) => event[name] !== last[name]);

/** @returns what hands the stream each state of the event that is newer, and news. Who waits is not in its version. */
export function showNews(stream: UpdateStream<EventNow>, isNews: IsNews): (event: EventNow) => void {
  let last: EventNow | null = null;
  return (event) => {
    const before = last;
    if (before && event.version < before.version) return;
    if (before && event.version === before.version && event.waitingCount === before.waitingCount) return;
    last = event;
    if (!before || isNews(event, before)) stream.push('event', event);
  };
}
