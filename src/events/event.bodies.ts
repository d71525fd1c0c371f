import { NOT_BLANK } from '../http/rest/text-patterns.ts';
import { MAX_INTEGER } from '../input-checks.ts';
import { encodeCursor, type Page } from '../pagination.ts';
import type { Event } from './event.entity.ts';

const id = { type: 'integer', description: 'The event.', examples: [1] } as const;
const capacity = { type: 'integer', description: 'Places in all.', examples: [2] } as const;
const bookedCount = {
  type: 'integer',
  description: 'Places of PENDING and FINALIZED bookings.',
  examples: [2],
} as const;
const title = { type: 'string', examples: ['Concert'] } as const;

const EVENT_CREATE = {
  $id: 'EventCreate',
  type: 'object',
  required: ['title', 'capacity'],
  properties: {
    title: {
      ...title,
      minLength: 1,
      maxLength: 200,
      ...NOT_BLANK,
    },
    capacity: { ...capacity, minimum: 1, maximum: MAX_INTEGER },
  },
} as const;

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

export const EVENT_SCHEMAS = [EVENT_CREATE, EVENT_OUT, EVENT_STATS_OUT, EVENT_PAGE_OUT];

/** Path parameter. Ids below 1 are just unknown, so there is no minimum. */
export const EVENT_ID_PARAMS = {
  type: 'object',
  required: ['event_id'],
  properties: { event_id: { ...id, maximum: MAX_INTEGER } },
} as const;

export interface EventCreate {
  readonly title: string;
  readonly capacity: number;
}

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
