export const REFUSAL_CODES = [
  'SOLD_OUT',
  'NOT_ON_SALE',
  'LIMIT_REACHED',
  'EVENT_NOT_FOUND',
  'IDEMPOTENCY_KEY_REUSED',
  'BUSY',
  'HOLDS_NOT_ALLOWED',
  'HOLD_EXPIRED',
  'NOT_HELD',
  'PLACES_AVAILABLE',
] as const;
export type RefusalCode = (typeof REFUSAL_CODES)[number];

/** Refusals are data in GraphQL; over REST they are these statuses. */
export const REFUSAL_STATUS: Readonly<Record<RefusalCode, number>> = {
  SOLD_OUT: 409,
  NOT_ON_SALE: 409,
  LIMIT_REACHED: 409,
  EVENT_NOT_FOUND: 404,
  IDEMPOTENCY_KEY_REUSED: 422,
  BUSY: 503,
  HOLDS_NOT_ALLOWED: 409,
  HOLD_EXPIRED: 409,
  NOT_HELD: 409,
  PLACES_AVAILABLE: 409,
};

/** An expected answer of bookTicket, confirmBooking, extendHold or joinWaitingList that changed nothing. */
export interface Refusal {
  readonly kind: 'refused';
  readonly code: RefusalCode;
  readonly message: string;
  readonly retryable: boolean;
  readonly retryAfterMs: number | null;
  /** Places left, with SOLD_OUT and PLACES_AVAILABLE. */
  readonly availableCount: number | null;
}

const BUSY_RETRY_AFTER_MS = 500;

function refusal(code: RefusalCode, message: string, more: Partial<Refusal> = {}): Refusal {
  return { kind: 'refused', code, message, retryable: false, retryAfterMs: null, availableCount: null, ...more };
}

/** @param availableCount places left, fewer than were asked for */
export function soldOut(availableCount: number): Refusal {
  const message = availableCount === 0 ? 'Event is sold out.' : `Not enough places left: ${availableCount}.`;
  return refusal('SOLD_OUT', message, { availableCount });
}

export function notOnSale(why: string): Refusal {
  return refusal('NOT_ON_SALE', why);
}

export function limitReached(why: string): Refusal {
  return refusal('LIMIT_REACHED', why);
}

export function eventNotFound(): Refusal {
  return refusal('EVENT_NOT_FOUND', 'Event not found');
}

export function idempotencyKeyReused(): Refusal {
  return refusal('IDEMPOTENCY_KEY_REUSED', 'This idempotency key was used for another request.');
}

/** @param maxHoldSeconds the longest hold of the event; 0: it has none */
export function holdsNotAllowed(maxHoldSeconds: number): Refusal {
  const message =
    maxHoldSeconds === 0
      ? 'Places of this event are not held.'
      : `Places of this event are held for at most ${maxHoldSeconds} seconds.`;
  return refusal('HOLDS_NOT_ALLOWED', message);
}

/** Its places may be somebody else's by now. */
export function holdExpired(): Refusal {
  return refusal('HOLD_EXPIRED', 'The hold is over.');
}

export function notHeld(status: string): Refusal {
  return refusal('NOT_HELD', `The booking is ${status}, not HELD.`);
}

/** There is nothing to wait for. @param availableCount places left, as many as were asked for or more */
export function placesAvailable(availableCount: number): Refusal {
  return refusal('PLACES_AVAILABLE', `Nobody has to wait: places left: ${availableCount}.`, { availableCount });
}

/** Nothing was booked and nothing is wrong with the request: too many came at once. */
export function busy(): Refusal {
  return refusal('BUSY', 'Too many requests for this event at the moment. Nothing was booked, please try again.', {
    retryable: true,
    retryAfterMs: BUSY_RETRY_AFTER_MS,
  });
}
