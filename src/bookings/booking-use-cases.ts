import type { EventContext } from '../events/event-queries.ts';
import type { BookTicketInput } from './book-ticket.ts';
import type { Booking } from './booking.entity.ts';
import type { BookingQueries } from './booking-queries.ts';
import type { LiveUpdates } from './live/live-updates.ts';
import type { BookingOutcome } from './ticket-order.ts';

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
