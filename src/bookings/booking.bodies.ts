import { z } from 'zod';
import { timeOut } from '../http/rest/date-time.ts';
import { integer, MAX_INTEGER, ROW_ID } from '../input-checks.ts';
import { TICKET_ORDER_RULES } from './book-ticket.ts';
import { type Booking, heldUntil } from './booking.entity.ts';
import { BOOKING_STATUSES } from './booking-status.ts';
import { MAIL_STATUSES } from './mail-status.ts';

const holdSeconds = {
  description: "How long its places are held, at most the event's `max_hold_seconds`; null: it is booked at once.",
  examples: [600],
} as const;

const id = { type: 'integer', description: 'The booking.', examples: [1] } as const;
export const eventId = { type: 'integer', description: 'The event.', examples: [1] } as const;
const userId = { description: 'The buyer.', examples: [42] } as const;
export const quantity = { type: 'integer', description: 'How many places.', examples: [1] } as const;

const holderName = { description: "The name on the tickets; null: nobody's.", examples: ['Ada Lovelace'] } as const;

const email = {
  description: 'Where its mails go; null: it has none.',
  examples: ['ada@example.com'],
} as const;

const expiresAt = { description: 'While it is HELD: until when, in UTC.', examples: ['2026-11-23T07:40:38Z'] } as const;
const paymentReference = {
  description: 'The payment that a hold was confirmed with; null: none was named.',
  examples: ['pay_3Q1Xw2'],
} as const;

const rules = TICKET_ORDER_RULES.shape;

/**
 * Who wants how many places, and for whom.
 * @param tokens whether a token says who asks, so that the body need not
 */
export function wantedPlaces(tokens: boolean) {
  const buyer = integer(1, Number.MAX_SAFE_INTEGER).meta(userId);
  return {
    user_id: tokens ? buyer.optional() : buyer,
    // No default: generators of types take such a field to be always there, also in what is sent.
    quantity: rules.quantity.meta({ ...quantity, description: 'How many places; 1 when absent.' }).optional(),
    holder_name: rules.holderName.meta(holderName).optional(),
    email: rules.email.meta({ ...email, description: 'Where tickets, or what became of them, are sent.' }).optional(),
  };
}

/** @param tokens as above */
export function bookRequest(tokens: boolean) {
  const { user_id, ...places } = wantedPlaces(tokens);
  return z
    .object({
      user_id,
      event_id: integer(1, MAX_INTEGER).meta(eventId),
      ...places,
      hold_seconds: rules.holdSeconds.meta(holdSeconds).optional(),
    })
    .meta({ title: 'BookRequest' });
}

export const BOOKING_ID_PARAMS = z.object({ booking_id: ROW_ID.meta(id) });

export const IDEMPOTENCY_KEY_HEADERS = z.object({
  // Without an example, which Swagger UI would send: then whoever tries it out had one key together.
  'Idempotency-Key': rules.idempotencyKey
    .unwrap()
    .meta({
      description:
        'Unique per purchase, such as a UUID; quoted or bare. A repeat of the request answers with the same booking.',
    })
    .optional(),
});

export const userIdOfRow = {
  ...userId,
  type: ['integer', 'string'],
  description: 'The buyer. A text only when that was done over GraphQL for a user id that is no integer.',
} as const;

export const BOOKING_OUT = {
  $id: 'BookingOut',
  type: 'object',
  required: ['id', 'event_id', 'user_id', 'status', 'created_at', 'quantity', 'reference'],
  properties: {
    id,
    event_id: eventId,
    user_id: userIdOfRow,
    status: { type: 'string', enum: BOOKING_STATUSES, examples: ['PENDING'] },
    created_at: { type: 'string', format: 'date-time', description: 'In UTC.', examples: ['2026-11-23T07:30:38Z'] },
    quantity,
    reference: { type: 'string', description: 'Unguessable; what people read out.', examples: ['7K3M9XQ2D4TRW8HB'] },
    expires_at: { type: 'string', format: 'date-time', ...expiresAt },
  },
} as const;

/** What a booking shows besides to those who may read it: not in the answers that the reference system has too. */
const details = {
  holder_name: { type: ['string', 'null'], ...holderName },
  email: { type: ['string', 'null'], ...email },
  mail_status: {
    type: ['string', 'null'],
    enum: [...MAIL_STATUSES, null],
    description:
      'Of the mail about its status; null: it is PENDING, EXPIRED or held without an offer of the waiting list, or has no e-mail address.',
    examples: ['SENT'],
  },
  mail_error: {
    type: ['string', 'null'],
    description: 'What the mail server had against that mail when it was last tried.',
  },
  payment_reference: { type: ['string', 'null'], ...paymentReference },
} as const;

export const READ_BOOKING_OUT = {
  $id: 'ReadBookingOut',
  type: 'object',
  required: [...BOOKING_OUT.required, ...Object.keys(details)],
  properties: { ...BOOKING_OUT.properties, ...details },
} as const;

/** As the reference system has it, but for a hold. */
export function bookingOut(booking: Booking) {
  const until = heldUntil(booking);
  return {
    id: booking.id,
    event_id: booking.eventId,
    user_id: userIdOut(booking.userId),
    status: booking.status,
    created_at: timeOut(booking.createdAt),
    quantity: booking.quantity,
    reference: booking.reference,
    ...(until && { expires_at: timeOut(until) }),
  };
}

export function readBookingOut(booking: Booking) {
  return {
    ...bookingOut(booking),
    holder_name: booking.holderName ?? null,
    email: booking.email ?? null,
    mail_status: booking.mailStatus ?? null,
    mail_error: booking.mailError ?? null,
    payment_reference: booking.paymentReference ?? null,
  };
}

/** The number that a text is the usual spelling of; any other text as it is. */
export function userIdOut(userId: string): number | string {
  const value = Number(userId);
  return Number.isSafeInteger(value) && String(value) === userId ? value : userId;
}
