import { BoxOfficeError, notFound } from '../errors.ts';
import { type Booking, BookingSchema } from './booking.entity.ts';
import type { BookingStatus } from './booking-status.ts';
import type { Announce } from './live/update-hints.ts';
import type { OfferParts } from './offers/offer-free-places.ts';
import { transition } from './transition.ts';

/** A FAILED or EXPIRED booking holds nothing to give back. */
export class BookingNotCancellable extends BoxOfficeError {
  constructor(status: BookingStatus) {
    super('BAD_USER_INPUT', `${status === 'FAILED' ? 'A failed' : 'An expired'} booking cannot be cancelled.`);
  }
}

export interface CancelBookingParts extends OfferParts {
  readonly announce: Announce;
  readonly now: () => Date;
  /** Whether this box office sends mails. */
  readonly mails: boolean;
}

/**
 * Cancels a HELD, PENDING or FINALIZED booking and gives its places back, once, also when the worker finalizes it meanwhile.
 * A cancelled booking is returned unchanged. One of somebody else is as unknown as one that does not exist.
 * @param requiredOwner the user it must belong to; null: anybody's
 * @throws BoxOfficeError NOT_FOUND; BookingNotCancellable
 */
export async function cancelBooking(
  parts: CancelBookingParts,
  id: number | null,
  requiredOwner: string | null,
): Promise<Booking> {
  const { db, announce, now, mails } = parts;
  if (id === null) throw notFound('Booking');
  const find = () => db.em().findOne(BookingSchema, { id });
  if (requiredOwner !== null && (await find())?.userId !== requiredOwner) throw notFound('Booking');
  const [cancelled] = await transition(parts, { ids: [id], to: 'CANCELLED', at: now(), mails });
  if (cancelled) {
    announce([cancelled]);
    return cancelled;
  }
  const booking = await find();
  if (!booking) throw notFound('Booking');
  if (booking.status !== 'CANCELLED') throw new BookingNotCancellable(booking.status);
  return booking;
}
