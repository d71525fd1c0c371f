import { NO_CONTROL_CHARACTERS } from '../http/rest/text-patterns.ts';
import { MAX_INTEGER } from '../input-checks.ts';
import type { Booking } from './booking.entity.ts';
import { BOOKING_STATUSES } from './booking-status.ts';

const id = { type: 'integer', description: 'The booking.', examples: [1] } as const;
const eventId = { type: 'integer', description: 'The event.', examples: [1] } as const;
const userId = { description: 'The buyer.', examples: [42] } as const;
const quantity = { type: 'integer', description: 'How many places.', examples: [1] } as const;

const BOOK_REQUEST = {
  $id: 'BookRequest',
  type: 'object',
  required: ['user_id', 'event_id'],
  properties: {
    user_id: { ...userId, type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER },
    event_id: { ...eventId, minimum: 1, maximum: MAX_INTEGER },
    // No `default`: generators of types take such a field to be always there, also in what is sent.
    quantity: { ...quantity, description: 'How many places; 1 when absent.', minimum: 1, maximum: MAX_INTEGER },
  },
} as const;

const BOOKING_OUT = {
  $id: 'BookingOut',
  type: 'object',
  required: ['id', 'event_id', 'user_id', 'status', 'created_at', 'quantity', 'reference'],
  properties: {
    id,
    event_id: eventId,
    user_id: {
      ...userId,
      type: ['integer', 'string'],
      description: 'The buyer. A text only when the booking was made over GraphQL for a user id that is no integer.',
    },
    status: { type: 'string', enum: BOOKING_STATUSES, examples: ['PENDING'] },
    created_at: { type: 'string', format: 'date-time', description: 'In UTC.', examples: ['2026-11-23T07:30:38Z'] },
    quantity,
    reference: { type: 'string', description: 'Unguessable; what people read out.', examples: ['7K3M9XQ2D4TRW8HB'] },
  },
} as const;

/** @param tokens whether a token says who books, so that the body need not */
export function bookingSchemas(tokens: boolean) {
  return [tokens ? { ...BOOK_REQUEST, required: ['event_id'] } : BOOK_REQUEST, BOOKING_OUT];
}

/** Path parameter. Ids below 1 are just unknown, so there is no minimum. */
export const BOOKING_ID_PARAMS = {
  type: 'object',
  required: ['booking_id'],
  properties: { booking_id: { ...id, maximum: MAX_INTEGER } },
} as const;

export const IDEMPOTENCY_KEY_HEADERS = {
  type: 'object',
  properties: {
    'Idempotency-Key': {
      type: 'string',
      minLength: 1,
      maxLength: 255,
      ...NO_CONTROL_CHARACTERS,
      // Without an example, which Swagger UI would send: then whoever tries it out had one key together.
      description:
        'Unique per purchase, such as a UUID; quoted or bare. A repeat of the request answers with the same booking.',
    },
  },
} as const;

export interface BookRequest {
  /** May be absent when a token says who books. */
  readonly user_id?: number;
  readonly event_id: number;
  readonly quantity?: number;
}

export function bookingOut(booking: Booking) {
  return {
    id: booking.id,
    event_id: booking.eventId,
    user_id: userIdOut(booking.userId),
    status: booking.status,
    created_at: booking.createdAt.toISOString().replace('.000Z', 'Z'),
    quantity: booking.quantity,
    reference: booking.reference,
  };
}

/** The number that a text is the usual spelling of; any other text as it is. */
function userIdOut(userId: string): number | string {
  const value = Number(userId);
  return Number.isSafeInteger(value) && String(value) === userId ? value : userId;
}
