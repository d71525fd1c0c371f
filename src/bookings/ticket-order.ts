import { createHash } from 'node:crypto';
import { randomCode } from '../platform/random-code.ts';
import type { Booking } from './booking.entity.ts';
import type { Refusal } from './refusals.ts';

/** What somebody wants to book, checked and ready for its event's desk. */
export interface TicketOrder {
  /** Made before the first attempt, so that a group whose commit went unanswered recognises its own rows. */
  readonly reference: string;
  readonly eventId: number;
  readonly userId: string;
  readonly quantity: number;
  readonly holderName: string | null;
  readonly email: string | null;
  /** How long its places are held before it is confirmed; null: it is booked at once. */
  readonly holdSeconds: number | null;
  readonly idempotencyKey: string | null;
  /** Of the waiting list, whom these places are offered to; null: it came by itself. */
  readonly waitingListEntryId: number | null;
  /** What a repeat under the same key must agree in. */
  readonly fingerprint: string;
}

/** 60 random bits. */
const RANDOM_LENGTH = 12;

type Wanted = Omit<TicketOrder, 'reference' | 'fingerprint' | 'waitingListEntryId'>;

/** @param waitingListEntryId null: it came by itself */
export function newTicketOrder(order: Wanted, waitingListEntryId: number | null = null): TicketOrder {
  return {
    ...order,
    waitingListEntryId,
    reference: randomCode(RANDOM_LENGTH),
    fingerprint: fingerprintOf(order),
  };
}

const FINGERPRINT_OF_DETAILS_LENGTH = 22;

/** What was not given leaves no trace in it: an order without details has the same as before there were any. */
function fingerprintOf({ eventId, quantity, ...order }: Wanted): string {
  const places = `event=${eventId}&quantity=${quantity}`;
  const { holderName, email, holdSeconds } = order;
  if (holderName === null && email === null && holdSeconds === null) return places;
  // As it was before there were addresses and holds, for an order without them.
  const given = JSON.stringify({ holderName, email: email ?? undefined, holdSeconds: holdSeconds ?? undefined });
  const details = createHash('sha256').update(given).digest('base64url');
  return `${places}&for=${details.slice(0, FINGERPRINT_OF_DETAILS_LENGTH)}`;
}

/** What becomes of an order. */
export type BookingOutcome = Booked | Refusal;

interface Booked {
  readonly kind: 'booked';
  readonly booking: Booking;
  /** The booking was made by an earlier request with the same idempotency key. */
  readonly replayed: boolean;
}
