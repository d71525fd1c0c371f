import { z } from 'zod';
import { USER_ID } from '../auth/viewer.ts';
import { MAX_HOLD_SECONDS } from '../events/event-rules.ts';
import { check, integer, MAX_INTEGER, parseId, text, title } from '../input-checks.ts';
import { emailAddress } from './email-address.ts';
import type { EventDesks } from './event-desk.ts';
import { busy, eventNotFound } from './refusals.ts';
import type { BookingOutcome } from './ticket-order.ts';
import { newTicketOrder } from './ticket-order.ts';

export interface BookTicketInput {
  readonly eventId: string | number;
  readonly userId?: string | null | undefined;
  readonly quantity?: number | null | undefined;
  readonly holderName?: string | null | undefined;
  readonly email?: string | null | undefined;
  readonly holdSeconds?: number | null | undefined;
  readonly idempotencyKey?: string | null | undefined;
}

export interface BookTicketParts {
  readonly desks: EventDesks;
  readonly onBusy: () => void;
  /** What became of it is not known to its buyer. */
  readonly onFailure: () => void;
}

export const TICKET_ORDER_RULES = z.object({
  userId: USER_ID,
  quantity: integer(1, MAX_INTEGER),
  holderName: title(1, 200).nullable(),
  email: emailAddress().nullable(),
  holdSeconds: integer(1, MAX_HOLD_SECONDS).nullable(),
  idempotencyKey: text(1, 255).nullable(),
});

/**
 * Books places of an event. The answer comes after the commit: the booking is PENDING and stays, whatever happens next;
 * a worker makes it FINALIZED. With `holdSeconds` it is HELD, until it is confirmed or its time is over. What cannot be
 * booked is refused with a reason, and then nothing was changed.
 * @throws BoxOfficeError BAD_USER_INPUT; SERVICE_UNAVAILABLE when the database is away (the outcome may be unknown:
 *   a repeat with the same idempotency key is safe)
 */
export async function bookTicket(parts: BookTicketParts, input: BookTicketInput): Promise<BookingOutcome> {
  const order = check(TICKET_ORDER_RULES, {
    userId: input.userId ?? '',
    quantity: input.quantity ?? 1,
    holderName: input.holderName ?? null,
    email: input.email ?? null,
    holdSeconds: input.holdSeconds ?? null,
    idempotencyKey: input.idempotencyKey ?? null,
  });
  const eventId = parseId(input.eventId);
  if (eventId === null) return eventNotFound();
  try {
    const request = newTicketOrder({ eventId, ...order });
    const outcome = (await parts.desks.submit(eventId, request)) ?? busy();
    if (outcome.kind === 'refused' && outcome.code === 'BUSY') parts.onBusy();
    return outcome;
  } catch (error) {
    parts.onFailure();
    throw error;
  }
}
