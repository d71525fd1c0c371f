import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { expect } from 'vitest';
import type { Booking } from '../../src/bookings/booking.entity.ts';
import { type BookingStatus, holdsPlaces } from '../../src/bookings/booking-status.ts';
import type { BookingOutcome } from '../../src/bookings/ticket-order.ts';
import type { Event } from '../../src/events/event.entity.ts';
import { placesOf } from '../support/booking-promises.ts';
import { type Join, join, leave } from './event-desk-list-wishes.ts';

type Answer = BookingOutcome | { readonly kind: 'failed'; readonly error: unknown };
export type Tried = Omit<Wish, 'event'> & { readonly eventId: number; readonly answer: Answer };
export interface Ended {
  readonly id: number;
  readonly to: End;
  /** What cancelBooking or confirmBooking said: the status, or the code of its error or refusal. */
  readonly answer: string | null;
}

type Asked = Pick<Booking, 'eventId' | 'userId' | 'quantity' | 'idempotencyKey'>;
type Held = { readonly holdSeconds?: number | null | undefined; readonly expiresAt?: Date | null | undefined };
const placesWanted = ({ eventId, userId, quantity, idempotencyKey }: Asked): Asked => {
  return { eventId, userId, quantity, idempotencyKey: idempotencyKey ?? null };
};
const wishOf = (asked: Asked & Held) => {
  return { ...placesWanted(asked), hold: (asked.holdSeconds ?? asked.expiresAt) != null };
};
const keyOf = ({ userId, idempotencyKey }: Pick<Asked, 'userId' | 'idempotencyKey'>) => `${userId} ${idempotencyKey}`;
export const holding = <T extends { status: BookingStatus }>(rows: readonly T[]) =>
  rows.filter(({ status }) => holdsPlaces(status));

/** Each move happened once and along the table, and only one that somebody asked for. */
export function checkMoved(
  before: Booking,
  now: Booking | undefined,
  ends: readonly (Ended | null)[],
  isOver: boolean,
): void {
  const asked = ends.filter((end) => end?.id === before.id) as Ended[];
  const possible = endsOf(before.status, new Set(asked.map(({ to }) => to)), isOver);
  expect(possible).toContain(now?.status);
  const last = now?.status === 'FAILED' || now?.status === 'CANCELLED' || now?.status === 'EXPIRED';
  const moves = Number(Boolean(now?.confirmedAt)) + Number(Boolean(now?.finalizedAt)) + Number(last);
  expect(now).toMatchObject({ ...placesWanted(before), reference: before.reference, version: 1 + moves });
  for (const { to, answer } of asked) {
    if (to === 'CANCELLED') expect(answer).toBe(canEnd(now?.status) ? 'CANCELLED' : 'BAD_USER_INPUT');
    if (to === 'PENDING') expect(possibleAnswers(now)).toContain(answer);
  }
}

function canEnd(status: BookingStatus | undefined): boolean {
  return status !== 'FAILED' && status !== 'EXPIRED';
}

/** All who confirm a booking are told the same, whatever else happens to it. */
function possibleAnswers(now: Booking | undefined): string[] {
  if (now?.confirmedAt) return ['PENDING', 'FINALIZED', 'FAILED', 'CANCELLED'];
  return [now?.status === 'EXPIRED' ? 'HOLD_EXPIRED' : 'NOT_HELD'];
}

function endsOf(status: BookingStatus, asked: ReadonlySet<End>, isOver: boolean): BookingStatus[] {
  const confirmed = asked.has('PENDING');
  const cancelled = asked.has('CANCELLED');
  if (status === 'HELD' && isOver) {
    return ['EXPIRED', ...(cancelled ? (['CANCELLED'] as const) : []), ...(cancelled || confirmed ? [] : [status])];
  }
  if (status === 'HELD' && !confirmed) return [cancelled ? 'CANCELLED' : 'HELD'];
  if (status === 'FINALIZED') return [cancelled ? 'CANCELLED' : 'FINALIZED'];
  if (status !== 'PENDING' && status !== 'HELD') return [status];
  const ends = [...asked].filter((end) => end !== 'PENDING' && end !== 'EXPIRED');
  if (cancelled) return ends.filter((end) => end !== 'FINALIZED');
  return ends.length === 0 || status === 'HELD' ? [...ends, 'PENDING'] : ends;
}

/** What takes up places as far as a buyer is concerned. */
const stillHolding = <T extends { id?: number; status: BookingStatus }>(
  rows: readonly T[],
  over: ReadonlySet<number>,
) => holding(rows).filter(({ id, status }) => status !== 'HELD' || id === undefined || !over.has(id));

/** Every accepted answer has its row, and every new row was answered for, once, or its request has failed. */
export function checkAnswers(
  tried: readonly Tried[],
  made: readonly Booking[],
  now: ReadonlyMap<number, Booking>,
  brokeTwice: boolean,
): void {
  const unanswered = tried.filter(({ answer }) => answer.kind === 'failed');
  for (const { answer } of unanswered) expect(answer).toMatchObject({ error: { code: 'SERVICE_UNAVAILABLE' } });
  if (!brokeTwice) expect(unanswered).toEqual([]);
  const owners = new Map<number, number>();
  for (const { answer, ...wish } of tried) {
    if (answer.kind !== 'booked') continue;
    const { id, reference } = answer.booking;
    expect(now.get(id)).toMatchObject({ ...placesWanted(wish), reference });
    if (!answer.replayed) owners.set(id, (owners.get(id) ?? 0) + 1);
  }
  for (const row of made) {
    expect(row).toMatchObject({ status: row.expiresAt ? 'HELD' : 'PENDING', version: 1 });
    const lost = unanswered.findIndex((wish) => isDeepStrictEqual(wishOf(wish), wishOf(row)));
    if (owners.get(row.id) === undefined && lost >= 0) unanswered.splice(lost, 1);
    else expect(owners.get(row.id)).toBe(1);
    owners.delete(row.id);
  }
  expect([...owners]).toEqual([]);
}

/** A key has one booking, and whoever asks for it again gets that one. */
export function checkKeys(
  tried: readonly Tried[],
  rows: readonly Booking[],
  known: ReadonlyMap<number, Booking>,
): void {
  const keyed = rows.filter(({ idempotencyKey }) => idempotencyKey !== null);
  const byKey = new Map(keyed.map((row) => [keyOf(row), row]));
  expect(byKey.size).toBe(keyed.length);
  for (const { answer, ...wish } of tried) {
    const owner = byKey.get(keyOf(wish));
    const same = owner !== undefined && isDeepStrictEqual(wishOf(owner), wishOf(wish));
    if (answer.kind === 'booked' && owner) expect(answer.booking.id).toBe(owner.id);
    if (answer.kind === 'refused' && answer.code === 'IDEMPOTENCY_KEY_REUSED')
      expect([owner, same]).toEqual([owner ?? 'an owner', false]);
    if (answer.kind === 'refused' && answer.code !== 'BUSY' && same) expect(known.has(owner.id)).toBe(false);
  }
}

/** Each refusal is true at some moment of the batch; BUSY always is, as it has no row. */
export function checkRefusals(
  event: Event,
  tried: readonly Tried[],
  known: readonly Booking[],
  rows: readonly Booking[],
  over: ReadonlySet<number>,
): void {
  const here = ({ eventId }: { eventId: number }) => eventId === event.id;
  const heldBefore = stillHolding(known.filter(here), over);
  const made = rows.filter(here).slice(known.filter(here).length);
  const before = event.capacity - placesOf(heldBefore);
  const fewest = before - placesOf(made);
  const heldNow = holding(rows.filter(here)).filter(({ id }) => heldBefore.some((row) => row.id === id));
  const most = before + placesOf(heldBefore) - placesOf(heldNow);
  for (const { answer, userId, quantity } of tried.filter(here)) {
    if (answer.kind !== 'refused') continue;
    if (answer.code === 'SOLD_OUT') {
      expect(quantity).toBeGreaterThan(fewest);
      expect(answer.availableCount).toBeLessThan(quantity);
      expect(answer.availableCount).toBeGreaterThanOrEqual(fewest);
      expect(answer.availableCount).toBeLessThanOrEqual(most);
    } else if (answer.code === 'LIMIT_REACHED') {
      const held = placesOf([...heldBefore, ...made].filter((row) => row.userId === userId));
      const limit = Math.min(event.maxPerBooking, (event.maxPerUser ?? Number.POSITIVE_INFINITY) - held);
      expect(quantity).toBeGreaterThan(limit);
    } else expect(['IDEMPOTENCY_KEY_REUSED', 'BUSY']).toContain(answer.code);
  }
  for (const row of holding(rows.filter(here))) {
    const held = placesOf(holding(rows.filter(here)).filter(({ userId }) => userId === row.userId));
    expect(held).toBeLessThanOrEqual(event.maxPerUser ?? held);
  }
}

/** When nobody gives places back, those who get one are those who get one when all come one after the other. */
export function checkOrder(
  events: readonly Event[],
  tried: readonly Tried[],
  known: ReadonlyMap<number, Booking>,
  over: ReadonlySet<number>,
): void {
  const eventOfKey = new Map<string, number>();
  for (const { answer, ...wish } of tried) {
    if (answer.kind === 'failed' || (answer.kind === 'refused' && answer.code === 'BUSY')) return;
    if (wish.idempotencyKey === null) continue;
    // Which of two events sees a key first is nobody's promise.
    if ((eventOfKey.get(keyOf(wish)) ?? wish.eventId) !== wish.eventId) return;
    eventOfKey.set(keyOf(wish), wish.eventId);
  }
  const all: (Asked & Held & { id?: number; status: BookingStatus })[] = [...known.values()];
  const served = tried.map((wish) => {
    const owner = wish.idempotencyKey === null ? undefined : all.find((row) => keyOf(row) === keyOf(wish));
    if (owner) return isDeepStrictEqual(wishOf(owner), wishOf(wish));
    const event = events.find(({ id }) => id === wish.eventId) as Event;
    const held = stillHolding(all, over).filter(({ eventId }) => eventId === event.id);
    const ofUser = placesOf(held.filter(({ userId }) => userId === wish.userId));
    const fits =
      wish.quantity <= event.capacity - placesOf(held) &&
      wish.quantity <= event.maxPerBooking &&
      ofUser + wish.quantity <= (event.maxPerUser ?? Number.POSITIVE_INFINITY);
    if (fits) all.push({ ...wish, status: 'PENDING' });
    return fits;
  });
  expect(tried.map(({ answer }) => answer.kind === 'booked')).toEqual(served);
}

type End = Exclude<BookingStatus, 'HELD'>;
const wish = fc.record({
  /** Which of the two events. */
  event: fc.constantFrom(0, 0, 0, 1),
  userId: fc.constantFrom<string>('ann', 'bob', 'cy'),
  quantity: fc.constantFrom(1, 1, 1, 2, 2, 3, 4, 5),
  idempotencyKey: fc.constantFrom(null, null, 'k', 'l', 'm'),
  holdSeconds: fc.constantFrom(null, null, 600),
});
const move = fc.record({
  /** Which booking of the earlier batches, counted around. */
  booking: fc.nat(20),
  to: fc.constantFrom<End>('PENDING', 'FINALIZED', 'FAILED', 'CANCELLED', 'CANCELLED'),
  /** Turns of the event loop that it comes after the wishes. */
  turns: fc.nat(8),
});
/** The connection breaks at the `skip`th commit of bookings from now on, `times` times. */
const breakdown = fc.record({
  point: fc.constantFrom('booking:before-commit', 'booking:after-commit'),
  skip: fc.nat(2),
  times: fc.constantFrom(1, 1, 2),
});
export const batch = fc.record({
  /** Holds of the earlier batches whose time is over before anything else happens, counted around. */
  lapses: fc.array(fc.nat(20), { maxLength: 4 }),
  wishes: fc.array(wish, { maxLength: 12 }),
  moves: fc.oneof(fc.constant<Move[]>([]), fc.array(move, { maxLength: 8 })),
  joins: fc.oneof(fc.constant<Join[]>([]), fc.array(join, { maxLength: 5 })),
  leaves: fc.array(leave, { maxLength: 2 }),
  breakdown: fc.option(breakdown, { freq: 2 }),
});
export const limits = fc.record({
  capacity: fc.integer({ min: 1, max: 24 }),
  maxPerBooking: fc.constantFrom(3, 4, 5),
  maxPerUser: fc.constantFrom(null, null, 4, 8),
});

type Of<A> = A extends fc.Arbitrary<infer T> ? T : never;
export type Wish = Of<typeof wish>;
export type Move = Of<typeof move>;
export type Breakdown = Of<typeof breakdown>;
export type Batch = Of<typeof batch>;
