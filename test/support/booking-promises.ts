import { isDeepStrictEqual } from 'node:util';
import type { Attempt, Timed } from './booking-client.ts';

// What clients were told of bookings, and what must therefore be true. Nothing of src/, and nothing of the test runner:
// the chaos run holds its history against the same promises.

/** A booking as the database, or whom it tells, has it. */
export interface StoredBooking {
  readonly id: string;
  readonly reference: string;
  readonly eventId: string;
  readonly userId: string;
  readonly quantity: number;
  readonly status: string;
  /** undefined: not known. */
  readonly key?: string | null;
}

export interface EventInSale {
  readonly id: string;
  readonly capacity: number;
  readonly maxPerUser: number | null;
  /** Of one that is edited, the fewest places that it may have had. */
  readonly leastCapacity?: number;
  /** From when on it may have been cancelled; absent: it never was. */
  readonly cancelledFrom?: number;
}

export interface Broken {
  readonly what: string;
  readonly attempts: readonly Attempt[];
}

/** Every booking that somebody was told of exists, as it was asked for and as it was told. */
export function lostBookings(attempts: readonly Attempt[], rows: readonly StoredBooking[]): Broken[] {
  const stored = new Map(rows.map((row) => [row.id, row]));
  return attempts.flatMap((attempt) => {
    const { outcome, input } = attempt;
    if (outcome.kind !== 'booked') return [];
    const { kind: _, ...told } = outcome;
    const row = stored.get(told.id);
    const { id, reference, eventId, userId, quantity } = row ?? told;
    const asked = { ...told, eventId: input.eventId, userId: input.userId, quantity: input.quantity ?? 1 };
    const same =
      row !== undefined &&
      isDeepStrictEqual({ id, reference, eventId, userId, quantity }, asked) &&
      isDeepStrictEqual(told, asked);
    return same ? [] : [{ what: `booking ${told.id}: the row is ${JSON.stringify(row)}`, attempts: [attempt] }];
  });
}

/** A key has one booking, and every answer for the key is that booking. */
export function keysWithSeveral(attempts: readonly Attempt[], rows: readonly StoredBooking[]): Broken[] {
  const stored = Map.groupBy(rows, ({ userId, key }) => `${userId} ${key}`);
  return [...byKey(attempts)].flatMap(([key, ofKey]) => {
    const told = ofKey.flatMap(({ outcome }) => (outcome.kind === 'booked' ? [outcome.id] : []));
    const ids = new Set([...told, ...(stored.get(key) ?? []).map(({ id }) => id)]);
    return ids.size <= 1 ? [] : [{ what: `key ${key} has ${[...ids].join(', ')}`, attempts: ofKey }];
  });
}

/** SOLD_OUT, LIMIT_REACHED, NOT_ON_SALE and IDEMPOTENCY_KEY_REUSED are only said when they can be true. */
export function falseRefusals(
  attempts: readonly Attempt[],
  rows: readonly StoredBooking[],
  events: readonly EventInSale[],
  cancels: readonly (Timed<{ readonly kind: string }> & { readonly bookingId: string })[] = [],
): Broken[] {
  const held = Map.groupBy(heldPlaces(attempts, rows, cancels), ({ eventId }) => eventId);
  const repeats = byKey(attempts);
  return attempts.flatMap((attempt) => {
    const { outcome, startedAt, endedAt, input } = attempt;
    if (outcome.kind !== 'refused' || outcome.code === 'BUSY') return [];
    const { eventId, userId, quantity = 1 } = input;
    const event = events.find(({ id }) => id === eventId) as EventInSale;
    const { maxPerUser, leastCapacity: capacity = event.capacity, cancelledFrom = Number.POSITIVE_INFINITY } = event;
    const taken = (held.get(eventId) ?? []).filter(({ from, to }) => from < endedAt && startedAt < to);
    const left = outcome.availableCount ?? -1;
    const ofUser = taken.filter((place) => place.userId === userId);
    const others = repeats.get(keyOf(input)) ?? [];
    const canBeTrue: Record<string, boolean> = {
      SOLD_OUT: left >= 0 && left < quantity && capacity - placesOf(taken) <= left,
      NOT_ON_SALE: cancelledFrom < endedAt,
      LIMIT_REACHED: maxPerUser !== null && placesOf(ofUser) + quantity > maxPerUser,
      IDEMPOTENCY_KEY_REUSED: others.some((other) => other.startedAt < endedAt && other.input.quantity !== quantity),
    };
    if (canBeTrue[outcome.code]) return [];
    const places = `${placesOf(taken)} of ${capacity} places can have been taken`;
    return [{ what: `${outcome.code} for ${quantity} of event ${eventId}: ${places}`, attempts: [attempt] }];
  });
}

/** From when to when each booking can at most have held its places, as far as the clients can know. */
function heldPlaces(
  attempts: readonly Attempt[],
  rows: readonly StoredBooking[],
  cancels: Parameters<typeof falseRefusals>[3] = [],
) {
  const asked = byKey(attempts);
  const told = Map.groupBy(attempts, ({ outcome }) => (outcome.kind === 'booked' ? outcome.id : ''));
  const cancelled = Map.groupBy(
    cancels.filter(({ outcome }) => outcome.kind === 'cancelled'),
    ({ bookingId }) => bookingId,
  );
  return rows.map(({ id, eventId, userId, key, quantity }) => {
    const asking = key ? asked.get(`${userId} ${key}`) : told.get(id);
    const from = asking ? Math.min(...asking.map(({ startedAt }) => startedAt)) : 0;
    const to = Math.min(...(cancelled.get(id) ?? []).map(({ endedAt }) => endedAt));
    return { eventId, userId, quantity, from, to };
  });
}

/** Those that have one. */
export function byKey<A extends Attempt>(attempts: readonly A[]): Map<string, A[]> {
  return Map.groupBy(
    attempts.filter(({ input }) => input.idempotencyKey !== undefined),
    ({ input }) => keyOf(input),
  );
}

function keyOf({ userId, idempotencyKey }: Attempt['input']): string {
  return `${userId} ${idempotencyKey}`;
}

export function placesOf(bookings: readonly { readonly quantity: number }[]): number {
  return bookings.reduce((sum, { quantity }) => sum + quantity, 0);
}
