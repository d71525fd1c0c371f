import type { Booking } from '../bookings/booking.entity.ts';
import { holdExpired, idempotencyKeyReused, notHeld, notOnSale } from '../bookings/refusals.ts';
import type { BookingOutcome } from '../bookings/ticket-order.ts';

/** A wish to confirm a booking, checked. */
export interface Confirmation {
  readonly bookingId: number;
  readonly idempotencyKey: string | null;
  readonly paymentReference: string | null;
}

/** What is said of a booking that this confirmation has not moved. */
export function answerFor(booking: Booking, asked: Confirmation): BookingOutcome {
  if (booking.confirmedAt != null) {
    const sameKey = asked.idempotencyKey !== null && asked.idempotencyKey === booking.confirmationKey;
    const samePayment = asked.paymentReference === (booking.paymentReference ?? null);
    return sameKey && !samePayment ? idempotencyKeyReused() : { kind: 'booked', booking, replayed: true };
  }
  if (booking.status === 'EXPIRED') return holdExpired();
  return booking.status === 'HELD' ? notOnSale('Event is cancelled.') : notHeld(booking.status);
}
