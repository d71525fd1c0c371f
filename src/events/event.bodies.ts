import { timeOut } from '../http/rest/date-time.ts';
import { pageOutSchema } from '../http/rest/page-bodies.ts';
import { EVENT_STATUSES, type Event } from './event.entity.ts';

export const id = { type: 'integer', description: 'The event.', examples: [1] } as const;
export const title = { type: 'string', examples: ['Concert'] } as const;
export const capacity = { type: 'integer', description: 'Places in all.', examples: [2] } as const;
export const venue = { description: 'Where it takes place; null: that is open.', examples: ['Music Hall'] } as const;
export const timeZone = {
  description: 'IANA name; times on tickets and pages are shown in it.',
  examples: ['Europe/Berlin'],
} as const;
export const maxPerBooking = { description: 'The largest quantity of one booking.', examples: [10] } as const;
export const maxPerUser = {
  description: 'Places one user may hold, over all bookings; null: no limit.',
  examples: [4],
} as const;
export const maxHoldSeconds = { description: 'The longest hold; 0: places are not held.', examples: [900] } as const;
export const waitingListOfferSeconds = {
  description: 'For how long an offer to somebody on the waiting list is held.',
  examples: [600],
} as const;
const bookedCount = {
  type: 'integer',
  description: 'Places of HELD, PENDING and FINALIZED bookings.',
  examples: [2],
} as const;

const EVENT_OUT = {
  $id: 'EventOut',
  type: 'object',
  required: ['id', 'title', 'capacity', 'booked_count'],
  properties: { id, title, capacity, booked_count: bookedCount },
} as const;

function timeOrNull(description: string) {
  return { type: ['string', 'null'], format: 'date-time', description } as const;
}

const DETAILS = {
  description: { type: ['string', 'null'], description: 'What there is to say of it, in lines; null: nothing.' },
  venue: { type: ['string', 'null'], ...venue },
  starts_at: timeOrNull('When it begins, in UTC; null: that is open.'),
  ends_at: timeOrNull('When it ends, in UTC; null: that is open.'),
  time_zone: { type: 'string', ...timeZone },
  status: { type: 'string', enum: EVENT_STATUSES, description: 'Whether places can be booked.', examples: ['ON_SALE'] },
  cancellation_reason: { type: ['string', 'null'], description: 'Why it was cancelled; null: it was not.' },
  sales_open_at: timeOrNull('Start of the sale, in UTC; null: from the beginning.'),
  sales_close_at: timeOrNull('End of the sale, in UTC; null: none.'),
  max_per_booking: { type: 'integer', ...maxPerBooking },
  max_per_user: { type: ['integer', 'null'], ...maxPerUser },
  max_hold_seconds: { type: 'integer', ...maxHoldSeconds },
  waiting_list_offer_seconds: { type: 'integer', ...waitingListOfferSeconds },
  created_at: { type: 'string', format: 'date-time', description: 'In UTC.', examples: ['2026-11-23T07:30:38Z'] },
  version: { type: 'integer', description: 'Grows with every edit; not with bookings.', examples: [1] },
} as const;

const EVENT_DETAILS_OUT = {
  $id: 'EventDetailsOut',
  type: 'object',
  required: [...EVENT_OUT.required, ...Object.keys(DETAILS)],
  properties: { ...EVENT_OUT.properties, ...DETAILS },
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

const EVENT_PAGE_OUT = pageOutSchema('EventPageOut', 'EventDetailsOut');

export const EVENT_SCHEMAS = [EVENT_OUT, EVENT_DETAILS_OUT, EVENT_STATS_OUT, EVENT_PAGE_OUT];

export function eventOut(event: Event) {
  return { id: event.id, title: event.title, capacity: event.capacity, booked_count: event.bookedCount };
}

/** Our fields after those of the reference system. */
export function eventDetailsOut(event: Event) {
  return {
    ...eventOut(event),
    description: event.description ?? null,
    venue: event.venue ?? null,
    starts_at: timeOut(event.startsAt),
    ends_at: timeOut(event.endsAt),
    time_zone: event.timeZone,
    status: event.status,
    cancellation_reason: event.cancellationReason ?? null,
    sales_open_at: timeOut(event.salesOpenAt),
    sales_close_at: timeOut(event.salesCloseAt),
    max_per_booking: event.maxPerBooking,
    max_per_user: event.maxPerUser ?? null,
    max_hold_seconds: event.maxHoldSeconds,
    waiting_list_offer_seconds: event.waitingListOfferSeconds,
    created_at: timeOut(event.createdAt),
    version: event.edition,
  };
}

export function eventStatsOut(event: Event) {
  return {
    event_id: event.id,
    capacity: event.capacity,
    booked_count: event.bookedCount,
    finalized_count: event.finalizedCount,
  };
}
