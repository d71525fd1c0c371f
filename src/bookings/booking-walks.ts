import { sql } from 'kysely';
import type { IndexWalk } from '../platform/index-walk.ts';
import { BOOKING_STATUSES, type BookingStatus } from './booking-status.ts';

export interface BookingFilter {
  readonly eventId?: number;
  readonly userId?: string;
  readonly status?: BookingStatus;
  readonly reference?: string;
}

type Path = Pick<IndexWalk, 'index' | 'equals' | 'condition' | 'also'>;
export type Along = Pick<IndexWalk, 'beyond' | 'direction' | 'limit'> & Partial<Pick<IndexWalk, 'columns' | 'also'>>;

/**
 * How the bookings of a filter are found without reading any other: one walk, or for those of a user one for each status.
 * Together they have the rows of the answer when each gives as many as are wanted. docs/decisions/0007-an-index-for-every-filter.md
 */
export function bookingWalks(filter: BookingFilter, along: Along): IndexWalk[] {
  return pathsOf(filter).map((path) => ({ table: 'bookings', columns: sql`*`, ...path, ...along }));
}

function pathsOf({ eventId, userId, status, reference }: BookingFilter): Path[] {
  if (reference !== undefined) return [pathOfReference(reference, { event_id: eventId, user_id: userId, status })];
  const event = eventId === undefined ? {} : { event_id: eventId };
  if (userId !== undefined) {
    return (status ? [status] : BOOKING_STATUSES).map((one) => pathOfUser(event, userId, one));
  }
  if (status === undefined) return [{ index: eventId === undefined ? null : 'bookings_event_page', equals: event }];
  const index = eventId === undefined ? 'bookings_status_page' : 'bookings_event_status_page';
  return [{ index, equals: { status, ...event } }];
}

/** One booking at most, if it is of the other columns too. */
function pathOfReference(reference: string, others: Readonly<Record<string, number | string | undefined>>): Path {
  const conditions = Object.entries(others)
    .filter(([, value]) => value !== undefined)
    .map(([column, value]) => sql`${sql.ref(column)} = ${value}`);
  const path = { index: 'bookings_reference_unique', equals: { reference } };
  return conditions.length === 0 ? path : { ...path, also: sql.join(conditions, sql` and `) };
}

/** What is PENDING is kept apart, so that the large indexes by user are written once in the life of a booking. */
export function pathOfUser(
  event: { readonly event_id?: number },
  userId: IndexWalk['equals'][string],
  status: BookingStatus,
): Path {
  const whose = event.event_id === undefined ? 'bookings_user' : 'bookings_event_user';
  const equals = { ...event, user_id: userId };
  if (status === 'PENDING') return { index: `${whose}_pending_page`, equals, condition: "status = 'PENDING'" };
  return { index: `${whose}_status_page`, equals: { ...equals, status }, condition: "status <> 'PENDING'" };
}
