import { z } from 'zod';
import { USER_ID } from '../auth/viewer.ts';
import { pageOutSchema } from '../http/rest/page-bodies.ts';
import { ROW_ID } from '../input-checks.ts';
import { DEFAULT_PAGE_SIZE, PAGE_SIZE } from '../pagination.ts';
import { BOOKING_STATUSES } from './booking-status.ts';
import { REFERENCE } from './listed-bookings.ts';

export const BOOKING_PAGE_QUERY = z.object({
  event_id: ROW_ID.meta({ description: 'Only of this event.' }).optional(),
  user_id: USER_ID.meta({ description: 'Only of this user.' }).optional(),
  status: z.enum(BOOKING_STATUSES).meta({ description: 'Only in this status.' }).optional(),
  reference: REFERENCE.meta({ description: 'Only the one with this reference.' }).optional(),
  first: PAGE_SIZE.meta({ description: 'How many bookings a page has.' }).default(DEFAULT_PAGE_SIZE),
  after: z.string().meta({ description: 'The `end_cursor` of the page before.' }).optional(),
});

export const BOOKING_PAGE_OUT = pageOutSchema('BookingPageOut', 'ReadBookingOut');
