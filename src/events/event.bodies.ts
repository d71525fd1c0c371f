import { z } from 'zod';
import { ROW_ID } from '../input-checks.ts';
import { DEFAULT_PAGE_SIZE, encodeCursor, PAGE_SIZE, type Page } from '../pagination.ts';
import type { Event } from './event.entity.ts';
import { EVENT_RULES } from './event-rules.ts';

const id = { type: 'integer', description: 'The event.', examples: [1] } as const;
const title = { type: 'string', examples: ['Concert'] } as const;
const capacity = { type: 'integer', description: 'Places in all.', examples: [2] } as const;
const bookedCount = {
  type: 'integer',
  description: 'Places of PENDING and FINALIZED bookings.',
  examples: [2],
} as const;

const rules = EVENT_RULES.shape;

export const EVENT_CREATE = z
  .object({ title: rules.title.meta(title), capacity: rules.capacity.meta(capacity) })
  .meta({ title: 'EventCreate' });

export const EVENT_ID_PARAMS = z.object({ event_id: ROW_ID.meta(id) });

export const EVENT_PAGE_QUERY = z.object({
  first: PAGE_SIZE.meta({ description: 'How many events a page has.' }).default(DEFAULT_PAGE_SIZE),
  after: z.string().meta({ description: 'The `end_cursor` of the page before.' }).optional(),
});

const EVENT_OUT = {
  $id: 'EventOut',
  type: 'object',
  required: ['id', 'title', 'capacity', 'booked_count'],
  properties: { id, title, capacity, booked_count: bookedCount },
} as const;

const EVENT_STATS_OUT = {
  $id: 'EventStatsOut',
  type: 'object',
  required: ['event_id', 'capacity', 'booked_count', 'finalized_count'],
  properties: {
    event_id: id,
    capacity,
    booked_count: bookedCount,
    finalized_count: { type: 'integer', description: 'Places of FINALIZED bookings.', examples: [0] },
  },
} as const;

const EVENT_PAGE_OUT = {
  $id: 'EventPageOut',
  type: 'object',
  required: ['items', 'has_next_page', 'end_cursor'],
  properties: {
    items: { type: 'array', items: { $ref: 'EventOut#' }, description: 'Newest first.' },
    has_next_page: { type: 'boolean', examples: [false] },
    end_cursor: {
      type: ['string', 'null'],
      description: 'What to send as `after` for the next page; null when this one is empty.',
      examples: [encodeCursor(1)],
    },
  },
} as const;

export const EVENT_SCHEMAS = [EVENT_OUT, EVENT_STATS_OUT, EVENT_PAGE_OUT];

export function eventOut(event: Event) {
  return { id: event.id, title: event.title, capacity: event.capacity, booked_count: event.bookedCount };
}

export function eventStatsOut(event: Event) {
  return {
    event_id: event.id,
    capacity: event.capacity,
    booked_count: event.bookedCount,
    finalized_count: event.finalizedCount,
  };
}

export function eventPageOut({ items, hasNextPage }: Page<Event>) {
  const last = items.at(-1);
  return { items: items.map(eventOut), has_next_page: hasNextPage, end_cursor: last ? encodeCursor(last.id) : null };
}
