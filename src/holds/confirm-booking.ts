import { z } from 'zod';
import { busy } from '../bookings/refusals.ts';
import type { BookingOutcome } from '../bookings/ticket-order.ts';
import { check, text } from '../input-checks.ts';
import type { Database } from '../platform/database.ts';
import type { ConfirmationDesks } from './confirm-group.ts';
import { ownBooking } from './own-hold.ts';

export const CONFIRMATION_RULES = z.object({
  idempotencyKey: text(1, 255).nullable(),
  paymentReference: text(1, 255).nullable(),
});

export type ConfirmBookingInput = {
  readonly [field in keyof z.output<typeof CONFIRMATION_RULES>]?: string | null | undefined;
};

export interface ConfirmBookingParts {
  readonly db: Database;
  readonly desks: ConfirmationDesks;
}

/**
 * Books the places of a hold for good: HELD becomes PENDING, as if it had been booked without a hold, and a worker makes it
 * FINALIZED. Decided by the row and the database's clock in one statement, so of a confirmation and the end of the hold one
 * happens. A booking that was confirmed is returned as it is now, also under another key: it is confirmed once, and its
 * `paymentReference` says by which payment.
 * @param requiredOwner the user it must belong to; null: anybody's
 * @throws BoxOfficeError NOT_FOUND, BAD_USER_INPUT; SERVICE_UNAVAILABLE (the outcome may be unknown: a repeat is safe)
 */
export async function confirmBooking(
  { db, desks }: ConfirmBookingParts,
  bookingId: number | null,
  input: ConfirmBookingInput,
  requiredOwner: string | null,
): Promise<BookingOutcome> {
  const confirmation = check(CONFIRMATION_RULES, {
    idempotencyKey: input.idempotencyKey ?? null,
    paymentReference: input.paymentReference ?? null,
  });
  const { id, eventId } = await ownBooking(db, bookingId, requiredOwner);
  return (await desks.submit(eventId, { bookingId: id, ...confirmation })) ?? busy();
}
