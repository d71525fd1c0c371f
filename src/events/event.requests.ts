import { z } from 'zod';
import { dateTime } from '../http/rest/date-time.ts';
import { integer, MAX_INTEGER, ROW_ID } from '../input-checks.ts';
import { DEFAULT_PAGE_SIZE, PAGE_SIZE } from '../pagination.ts';
import { CANCEL_EVENT_RULES } from './cancel-event.ts';
import {
  capacity,
  id,
  maxHoldSeconds,
  maxPerBooking,
  maxPerUser,
  timeZone,
  title,
  venue,
  waitingListOfferSeconds,
} from './event.bodies.ts';
import { EVENT_RULES } from './event-rules.ts';
import { SALE_STATUS } from './update-event.ts';

const rules = EVENT_RULES.shape;

/** Beside the two fields that the reference system knows; null: none. */
const DETAILS = {
  description: rules.description.meta({ description: 'What there is to say of it, in lines.' }).optional(),
  venue: rules.venue.meta(venue).optional(),
  starts_at: dateTime('When it begins.').nullable().optional(),
  ends_at: dateTime('When it ends, after `starts_at`.').nullable().optional(),
  time_zone: rules.timeZone.meta(timeZone).optional(),
  sales_open_at: dateTime('Start of the sale; null: from the beginning.').nullable().optional(),
  sales_close_at: dateTime('End of the sale, after `sales_open_at`; null: none.').nullable().optional(),
  max_per_booking: rules.maxPerBooking.meta(maxPerBooking).optional(),
  max_per_user: rules.maxPerUser.meta(maxPerUser).optional(),
  max_hold_seconds: rules.maxHoldSeconds.meta(maxHoldSeconds).optional(),
  waiting_list_offer_seconds: rules.waitingListOfferSeconds.meta(waitingListOfferSeconds).optional(),
};

export const EVENT_CREATE = z
  .object({ title: rules.title.meta(title), capacity: rules.capacity.meta(capacity), ...DETAILS })
  .meta({ title: 'EventCreate' });

export const EVENT_UPDATE = z
  .object({
    expected_version: integer(1, MAX_INTEGER).meta({
      description: "The `version` that was edited: when it is not the event's any more, nothing is changed.",
      examples: [1],
    }),
    title: rules.title.meta(title).optional(),
    capacity: rules.capacity.meta({ ...capacity, description: 'Places in all; not below what is booked.' }).optional(),
    status: SALE_STATUS.meta({ description: 'Whether places can be booked.' }).optional(),
    ...DETAILS,
  })
  .meta({ title: 'EventUpdate', description: 'What is absent stays as it is; null empties what may be empty.' });

export const EVENT_CANCEL = z
  .object({
    reason: CANCEL_EVENT_RULES.shape.reason.meta({ description: 'For people.', examples: ['The band is ill.'] }),
  })
  .meta({ title: 'EventCancel' });

export const EVENT_ID_PARAMS = z.object({ event_id: ROW_ID.meta(id) });

export const EVENT_PAGE_QUERY = z.object({
  first: PAGE_SIZE.meta({ description: 'How many events a page has.' }).default(DEFAULT_PAGE_SIZE),
  after: z.string().meta({ description: 'The `end_cursor` of the page before.' }).optional(),
});

/** The details as the use cases name them. */
export function eventDetailsOf(body: Partial<Omit<z.output<typeof EVENT_UPDATE>, 'expected_version'>>) {
  return {
    description: body.description,
    venue: body.venue,
    startsAt: body.starts_at,
    endsAt: body.ends_at,
    timeZone: body.time_zone,
    salesOpenAt: body.sales_open_at,
    salesCloseAt: body.sales_close_at,
    maxPerBooking: body.max_per_booking,
    maxPerUser: body.max_per_user,
    maxHoldSeconds: body.max_hold_seconds,
    waitingListOfferSeconds: body.waiting_list_offer_seconds,
  };
}
