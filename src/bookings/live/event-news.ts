import type { Event } from '../../events/event.entity.ts';
import type { UpdateStream } from './update-stream.ts';

/** Whether a newer state of an event says something new to those who watch it. */
export type IsNews = (event: Event, last: Event) => boolean;

const SALE_NUMBERS = [
  'capacity',
  'bookedCount',
  'heldCount',
  'finalizedCount',
] as const satisfies readonly (keyof Event)[];

/** Those who watch a sale need not hear of each scan at the door. */
export const newsOfSale: IsNews = (event, last) =>
  event.redeemedCount === last.redeemedCount || SALE_NUMBERS.some((name) => event[name] !== last[name]);

/** @returns what hands the stream each state of the event that is newer, and news */
export function showNews(stream: UpdateStream<Event>, isNews: IsNews): (event: Event) => void {
  let last: Event | null = null;
  return (event) => {
    const before = last;
    if (before && event.version <= before.version) return;
    last = event;
    if (!before || isNews(event, before)) stream.push('event', event);
  };
}
