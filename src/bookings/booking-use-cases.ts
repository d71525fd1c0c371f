import type { EventContext } from '../events/event-use-cases.ts';
import type { BookTicketInput } from './book-ticket.ts';
import type { Booking } from './booking.entity.ts';
import type { BookingQueries } from './booking-queries.ts';
import type { LiveUpdates } from './live/live-updates.ts';
import type { Refusal } from './refusals.ts';

/** What both APIs have to do with bookings. */
export interface BookingUseCases {
  readonly bookings: Pick<BookingQueries, 'find' | 'page'>;
  readonly bookTicket: (input: BookTicketInput) => Promise<BookingOutcome>;
  readonly cancelBooking: (id: number | null, requiredOwner: string | null) => Promise<Booking>;
  readonly liveUpdates: Pick<LiveUpdates, 'bookingStatus' | 'eventBookings'>;
}

export interface BookingContext extends EventContext {
  readonly useCases: BookingUseCases & EventContext['useCases'];
}

interface Booked {
  readonly kind: 'booked';
  readonly booking: Booking;
  /** The booking was made by an earlier request with the same idempotency key. */
  readonly replayed: boolean;
}

export type BookingOutcome = Booked | Refusal;
