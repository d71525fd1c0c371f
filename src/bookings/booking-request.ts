import { randomCode } from '../platform/random-code.ts';

/** A validated wish to book, ready for its event's desk. */
export interface BookingRequest {
  /** Made before the first attempt, so that a group whose commit went unanswered recognises its own rows. */
  readonly reference: string;
  readonly eventId: number;
  readonly userId: string;
  readonly quantity: number;
  readonly idempotencyKey: string | null;
  /** What a repeat under the same key must agree in. */
  readonly fingerprint: string;
}

/** 60 random bits. */
const RANDOM_LENGTH = 12;

export function newBookingRequest(wish: Omit<BookingRequest, 'reference' | 'fingerprint'>): BookingRequest {
  return {
    ...wish,
    reference: randomCode(RANDOM_LENGTH),
    fingerprint: `event=${wish.eventId}&quantity=${wish.quantity}`,
  };
}
