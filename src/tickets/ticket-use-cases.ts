import type { Booking } from '../bookings/booking.entity.ts';
import type { BookingQueries } from '../bookings/booking-queries.ts';
import type { BookingContext } from '../bookings/booking-use-cases.ts';
import type { DocumentFormat, PageSize } from './rendering/document-form.ts';
import type { SigningKeys } from './signing-keys.ts';
import type { Ticket } from './ticket.entity.ts';
import type { TicketDocument } from './ticket-document.ts';
import type { TicketQueries } from './ticket-queries.ts';
import type { TicketUrls } from './ticket-urls.ts';

/** What both APIs have to do with tickets. */
export interface TicketUseCases {
  readonly bookings: Pick<BookingQueries, 'find'>;
  readonly tickets: Pick<TicketQueries, 'ofBookings'>;
  readonly ticketDocument: (code: string, format: DocumentFormat, size?: PageSize) => Promise<TicketDocument>;
  readonly ticketUrls: (code: string) => TicketUrls;
  readonly signingKeys: () => Promise<SigningKeys>;
}

export interface TicketContext extends BookingContext {
  readonly useCases: TicketUseCases & BookingContext['useCases'];
  readonly rows: BookingContext['rows'] & {
    readonly bookingById: { load(id: number): Promise<Booking>; prime(id: number, booking: Booking): unknown };
    readonly ticketsByBooking: { load(id: number): Promise<Ticket[]> };
  };
}
