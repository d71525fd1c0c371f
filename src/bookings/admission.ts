import { availableCount, type Event, whyNotOnSale } from '../events/event.entity.ts';
import type { Booking } from './booking.entity.ts';
import { holdsNotAllowed, idempotencyKeyReused, limitReached, notOnSale, type Refusal, soldOut } from './refusals.ts';
import type { TicketOrder } from './ticket-order.ts';

/** What is known of an event when a group is decided on. */
export interface Situation {
  readonly event: Event;
  /** Bookings made earlier under the group's idempotency keys, by `keyOf`. */
  readonly earlier: ReadonlyMap<string, Booking>;
  /** Places each user of the group holds already; only filled when the event limits them. */
  readonly placesByUser: ReadonlyMap<string, number>;
  /** Whether some of the event's places are those of holds whose time is over. */
  readonly holdsAreOver: boolean;
  /** Whether its free places are for those who wait, and nobody else's. */
  readonly promised: boolean;
}

export type Verdict =
  | { readonly kind: 'admitted' }
  /** The same request came earlier and has its booking. */
  | { readonly kind: 'repeat'; readonly booking: Booking }
  /** The same request stands earlier in this group and is admitted there. */
  | { readonly kind: 'follows'; readonly index: number }
  | Refusal;

/** Identifies an idempotency key; null when the request has none. */
export function keyOf(request: Pick<Booking, 'userId' | 'idempotencyKey'>): string | null {
  return request.idempotencyKey == null ? null : `${request.userId}\u0000${request.idempotencyKey}`;
}

/** Decides on a group in order of arrival: first come, first served. Pure; the conditional UPDATE has the last word. */
export function decide(requests: readonly TicketOrder[], situation: Situation, now: Date): Verdict[] {
  const { event } = situation;
  let available = availableFor(situation);
  const placesByUser = new Map(situation.placesByUser);
  const admittedByKey = new Map<string, number>();

  return requests.map((request, index): Verdict => {
    const key = keyOf(request);
    const earlier = key === null ? undefined : situation.earlier.get(key);
    if (earlier) {
      return earlier.fingerprint === request.fingerprint
        ? { kind: 'repeat', booking: earlier }
        : idempotencyKeyReused();
    }
    const first = key === null ? undefined : admittedByKey.get(key);
    if (first !== undefined) {
      const same = requests[first]?.fingerprint === request.fingerprint;
      return same ? { kind: 'follows', index: first } : idempotencyKeyReused();
    }
    const held = placesByUser.get(request.userId) ?? 0;
    const refusal = refusalFor(request, event, now, held, available);
    if (refusal) return refusal;
    available -= request.quantity;
    placesByUser.set(request.userId, held + request.quantity);
    if (key !== null) admittedByKey.set(key, index);
    return { kind: 'admitted' };
  });
}

/** Places that may be booked by whoever asks. */
export function availableFor({ event, promised }: Pick<Situation, 'event' | 'promised'>): number {
  return promised ? 0 : availableCount(event);
}

/** Whether somebody who is refused may fit in once holds that are over have given their places back. */
export function mayFit(verdict: Verdict, { holdsAreOver }: Situation): boolean {
  return holdsAreOver && verdict.kind === 'refused' && ['SOLD_OUT', 'LIMIT_REACHED'].includes(verdict.code);
}

function refusalFor(
  request: TicketOrder,
  event: Event,
  now: Date,
  held: number,
  available: number,
): Refusal | undefined {
  const closed = whyNotOnSale(event, now);
  if (closed !== null) return notOnSale(closed);
  if (request.holdSeconds !== null && request.holdSeconds > event.maxHoldSeconds) {
    return holdsNotAllowed(event.maxHoldSeconds);
  }
  return aboveLimits(request, event, held) ?? (available < request.quantity ? soldOut(available) : undefined);
}

/** @param held places that its user has already, as far as the event limits them */
export function aboveLimits({ quantity }: Pick<TicketOrder, 'quantity'>, event: Event, held: number) {
  const { maxPerBooking, maxPerUser } = event;
  if (quantity > maxPerBooking) return limitReached(`At most ${maxPerBooking} places per booking.`);
  if (maxPerUser != null && held + quantity > maxPerUser) return limitReached(`At most ${maxPerUser} places per user.`);
  return undefined;
}
