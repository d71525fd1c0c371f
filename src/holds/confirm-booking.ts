import { sql } from 'kysely';
import { z } from 'zod';
import type { Booking } from '../bookings/booking.entity.ts';
import { holdIsGood } from '../bookings/hold-time.ts';
import { holdExpired, idempotencyKeyReused, notHeld, notOnSale } from '../bookings/refusals.ts';
import type { BookingOutcome } from '../bookings/ticket-order.ts';
import { transition } from '../bookings/transition.ts';
import { check, text } from '../input-checks.ts';
import { assertOwned, type HoldParts, settled } from './own-hold.ts';

export const CONFIRMATION_RULES = z.object({
  idempotencyKey: text(1, 255).nullable(),
  paymentReference: text(1, 255).nullable(),
});

export type ConfirmBookingInput = {
  readonly [field in keyof z.output<typeof CONFIRMATION_RULES>]?: string | null | undefined;
};

/** The worker cancels what a cancelled event has, and meanwhile nobody should have paid for it. */
const eventIsNotCancelled = sql`exists (
  select 1 from events where events.id = bookings.event_id and events.status <> 'CANCELLED')`;

/**
 * Books the places of a hold for good: HELD becomes PENDING, as if it had been booked without a hold, and a worker makes it
 * FINALIZED. Decided by the row and the database's clock in one statement, so of a confirmation and the end of the hold one
 * happens. A booking that was confirmed is returned as it is now, also under another key: it is confirmed once, and its
 * `paymentReference` says by which payment.
 * @param requiredOwner the user it must belong to; null: anybody's
 * @throws BoxOfficeError NOT_FOUND, BAD_USER_INPUT; SERVICE_UNAVAILABLE (the outcome may be unknown: a repeat is safe)
 */
export async function confirmBooking(
  parts: HoldParts,
  bookingId: number | null,
  input: ConfirmBookingInput,
  requiredOwner: string | null,
): Promise<BookingOutcome> {
  const { db, now, changed } = parts;
  const confirmation = check(CONFIRMATION_RULES, {
    idempotencyKey: input.idempotencyKey ?? null,
    paymentReference: input.paymentReference ?? null,
  });
  const id = await assertOwned(db, bookingId, requiredOwner);
  const { idempotencyKey, paymentReference } = confirmation;
  const [booking] = await transition(db, {
    ids: [id],
    onlyIf: sql`${holdIsGood(db)} and ${eventIsNotCancelled}`,
    to: 'PENDING',
    at: now(),
    mails: false,
    set: sql`confirmation_key = ${idempotencyKey}, payment_reference = ${paymentReference}`,
  });
  if (!booking) return answerFor(await settled(parts, id), confirmation);
  changed(booking);
  return { kind: 'booked', booking, replayed: false };
}

function answerFor(booking: Booking, asked: z.output<typeof CONFIRMATION_RULES>): BookingOutcome {
  if (booking.confirmedAt != null) {
    const sameKey = asked.idempotencyKey !== null && asked.idempotencyKey === booking.confirmationKey;
    const samePayment = asked.paymentReference === (booking.paymentReference ?? null);
    return sameKey && !samePayment ? idempotencyKeyReused() : { kind: 'booked', booking, replayed: true };
  }
  if (booking.status === 'EXPIRED') return holdExpired();
  return booking.status === 'HELD' ? notOnSale('Event is cancelled.') : notHeld(booking.status);
}
