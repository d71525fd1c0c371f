import type { Booking } from './booking.entity.ts';
import type { Refusal } from './refusals.ts';

interface Booked {
  readonly kind: 'booked';
  readonly booking: Booking;
  /** The booking was made by an earlier request with the same idempotency key. */
  readonly replayed: boolean;
}

export type BookingOutcome = Booked | Refusal;
