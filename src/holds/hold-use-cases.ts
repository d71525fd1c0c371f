import type { BookingContext } from '../bookings/booking-use-cases.ts';
import type { BookingOutcome } from '../bookings/ticket-order.ts';
import type { ConfirmBookingInput } from './confirm-booking.ts';

/** What both APIs have to do with holds, once they are made. */
export interface HoldUseCases {
  readonly confirmBooking: (
    id: number | null,
    input: ConfirmBookingInput,
    requiredOwner: string | null,
  ) => Promise<BookingOutcome>;
  readonly extendHold: (
    id: number | null,
    holdSeconds: number,
    requiredOwner: string | null,
  ) => Promise<BookingOutcome>;
}

export interface HoldContext extends BookingContext {
  readonly useCases: HoldUseCases & BookingContext['useCases'];
}
