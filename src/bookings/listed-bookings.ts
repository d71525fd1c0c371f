import { requiredOwner } from '../auth/permissions.ts';
import { USER_ID, type Viewer } from '../auth/viewer.ts';
import { check, parseId, text } from '../input-checks.ts';
import { type Page, type PageRequest, pageOf } from '../pagination.ts';
import type { Booking } from './booking.entity.ts';
import type { BookingQueries } from './booking-queries.ts';
import type { BookingStatus } from './booking-status.ts';

/** As long as the column is. Another text is a reference of no booking. */
export const REFERENCE = text(1, 32);

/** Which bookings are asked for; what is absent or null does not matter. */
export interface AskedBookings {
  readonly eventId?: string | number | null | undefined;
  readonly userId?: string | null | undefined;
  readonly status?: BookingStatus | null | undefined;
  readonly reference?: string | null | undefined;
}

/**
 * A page of the bookings that the viewer may see, for both APIs. Of somebody else's it is empty, as of a user who has none.
 * @throws BoxOfficeError BAD_USER_INPUT
 */
export async function listBookings(
  bookings: Pick<BookingQueries, 'page'>,
  viewer: Viewer,
  { eventId, userId, status, reference }: AskedBookings,
  request: PageRequest,
): Promise<Page<Booking>> {
  const event = eventId == null ? undefined : parseId(eventId);
  const owner = requiredOwner(viewer, 'bookings');
  const isAnothers = owner !== null && userId != null && userId !== owner;
  if (event === null || isAnothers) return pageOf<Booking>([], request);
  const filter = {
    ...(event !== undefined && { eventId: event }),
    ...(userId != null && { userId: check(USER_ID, userId) }),
    ...(owner !== null && { userId: owner }),
    ...(status != null && { status }),
    ...(reference != null && { reference: check(REFERENCE, reference) }),
  };
  return bookings.page(filter, request);
}
