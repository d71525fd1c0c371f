import { z } from 'zod';
import { USER_ID } from '../auth/viewer.ts';
import { ROW_ID } from '../input-checks.ts';
import { DEFAULT_PAGE_SIZE, encodeCursor, PAGE_SIZE, type Page } from '../pagination.ts';
import { readBookingOut } from './booking.bodies.ts';
import type { Booking } from './booking.entity.ts';
import { BOOKING_STATUSES } from './booking-status.ts';

export const BOOKING_PAGE_QUERY = z.object({
  event_id: ROW_ID.meta({ description: 'Only of this event.' }).optional(),
  user_id: USER_ID.meta({ description: 'Only of this user.' }).optional(),
  status: z.enum(BOOKING_STATUSES).meta({ description: 'Only in this status.' }).optional(),
  first: PAGE_SIZE.meta({ description: 'How many bookings a page has.' }).default(DEFAULT_PAGE_SIZE),
  after: z.string().meta({ description: 'The `end_cursor` of the page before.' }).optional(),
});

export const BOOKING_PAGE_OUT = {
  $id: 'BookingPageOut',
  type: 'object',
  required: ['items', 'has_next_page', 'end_cursor'],
  properties: {
    items: { type: 'array', items: { $ref: 'ReadBookingOut#' }, description: 'Newest first.' },
    has_next_page: { type: 'boolean', examples: [false] },
    end_cursor: {
      type: ['string', 'null'],
      description: 'What to send as `after` for the next page; null when this one is empty.',
      examples: [encodeCursor(1)],
    },
  },
} as const;

export function bookingPageOut({ items, hasNextPage }: Page<Booking>) {
  const last = items.at(-1);
  return {
    items: items.map(readBookingOut),
    has_next_page: hasNextPage,
    end_cursor: last ? encodeCursor(last.id) : null,
  };
}
