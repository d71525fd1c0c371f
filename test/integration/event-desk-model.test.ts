import { setImmediate } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Booking, BookingSchema } from '../../src/bookings/booking.entity.ts';
import { type BookingStatus, holdsPlaces } from '../../src/bookings/booking-status.ts';
import type { BookingOutcome } from '../../src/bookings/event-desk.ts';
import type { Event } from '../../src/events/event.entity.ts';
import { createFinalizeBooking } from '../../src/issuance/finalize-booking.ts';
import { SimulatedTicketIssuer } from '../../src/issuance/ticket-issuer.ts';
import type { FinalizationHandler } from '../../src/platform/job-queue.ts';
import { verify } from '../../src/reports/verify.ts';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';

type End = Exclude<BookingStatus, 'PENDING'>;
interface Wish {
  /** Which of the two events. */
  readonly event: number;
  readonly userId: string;
  readonly quantity: number;
  readonly idempotencyKey: string | null;
}
interface Move {
  /** Which booking of the earlier batches, counted around. */
  readonly booking: number;
  readonly to: End;
  /** Turns of the event loop that it comes after the wishes. */
  readonly turns: number;
}
/** The connection breaks at the `skip`th commit of bookings from now on, `times` times. */
interface Breakdown {
  readonly point: 'booking:before-commit' | 'booking:after-commit';
  skip: number;
  times: number;
}
interface Batch {
  readonly wishes: readonly Wish[];
  readonly moves: readonly Move[];
  readonly breakdown: Breakdown | null;
}
type Answer = BookingOutcome | { readonly kind: 'failed'; readonly error: unknown };
type Tried = Omit<Wish, 'event'> & { readonly eventId: number; readonly answer: Answer };
interface Ended {
  readonly id: number;
  readonly to: End;
  /** What cancelBooking said: the status, or the code of its error. */
  readonly answer: string | null;
}

const MAX_GROUP = '4';
const maxSearchMs = 12_000;

const wish: fc.Arbitrary<Wish> = fc.record({
  event: fc.constantFrom(0, 0, 0, 1),
  userId: fc.constantFrom('ann', 'bob', 'cy'),
  quantity: fc.constantFrom(1, 1, 1, 2, 2, 3, 4, 5),
  idempotencyKey: fc.constantFrom(null, null, 'k', 'l', 'm'),
});
const move: fc.Arbitrary<Move> = fc.record({
  booking: fc.nat(20),
  to: fc.constantFrom('FINALIZED', 'FAILED', 'CANCELLED', 'CANCELLED'),
  turns: fc.nat(8),
});
const breakdown: fc.Arbitrary<Breakdown> = fc.record({
  point: fc.constantFrom('booking:before-commit', 'booking:after-commit'),
  skip: fc.nat(2),
  times: fc.constantFrom(1, 1, 2),
});
const batch: fc.Arbitrary<Batch> = fc.record({
  wishes: fc.array(wish, { maxLength: 12 }),
  moves: fc.oneof(fc.constant([]), fc.array(move, { maxLength: 8 })),
  breakdown: fc.option(breakdown, { freq: 2 }),
});
const limits = fc.record({
  capacity: fc.integer({ min: 1, max: 24 }),
  maxPerBooking: fc.constantFrom(3, 4, 5),
  maxPerUser: fc.constantFrom(null, null, 4, 8),
});

type Asked = Pick<Booking, 'eventId' | 'userId' | 'quantity' | 'idempotencyKey'>;
const wishOf = ({ eventId, userId, quantity, idempotencyKey }: Asked): Asked => {
  return { eventId, userId, quantity, idempotencyKey: idempotencyKey ?? null };
};
const keyOf = ({ userId, idempotencyKey }: Pick<Asked, 'userId' | 'idempotencyKey'>) => `${userId} ${idempotencyKey}`;
const placesOf = (rows: readonly { quantity: number }[]) => rows.reduce((sum, { quantity }) => sum + quantity, 0);
const holding = <T extends { status: BookingStatus }>(rows: readonly T[]) =>
  rows.filter(({ status }) => holdsPlaces(status));

describe.each([
  ['embedded', 30],
  ['postgresql + redis', 15],
] as const)('%s: the event desk', (setup, numRuns) => {
  let office: BoxOffice;
  let worker: FinalizationHandler;
  let broken: Breakdown | null = null;

  beforeAll(async () => {
    office = await openBoxOffice(setup, {
      worker: false,
      env: { BOOKING_MAX_GROUP: MAX_GROUP, BOOKING_MAX_WAIT_MS: '60000', LOG_LEVEL: 'silent' },
      overrides: { failpoints: breakWhereAsked },
    });
    const { db, log } = office.container;
    worker = createFinalizeBooking({
      db,
      log,
      issuer: new SimulatedTicketIssuer(0),
      announce: () => undefined,
      now: () => new Date(),
    });
  });
  afterAll(() => office.close());

  function breakWhereAsked(point: string): void {
    if (point !== broken?.point || broken.skip-- > 0 || broken.times-- <= 0) return;
    throw Object.assign(new Error('Connection terminated unexpectedly'), { code: 'ECONNRESET' });
  }

  test('holds against a simple model, whatever comes at once and whatever breaks', async () => {
    await fc.assert(
      fc.asyncProperty(fc.tuple(limits, limits), fc.array(batch, { minLength: 1, maxLength: 6 }), playAll),
      { numRuns, interruptAfterTimeLimit: maxSearchMs },
    );
  });

  async function playAll(ofEvents: readonly object[], batches: readonly Batch[]): Promise<void> {
    const { container } = office;
    // Smaller counterexamples are looked for in the same database.
    const findingsOfEarlierRuns = await verify(container.db);
    const events: Event[] = [];
    for (const more of ofEvents) {
      events.push(await container.createEvent({ title: 'Concert', capacity: 1, ...more }));
    }
    const eventIds = events.map(({ id }) => id);
    let known = new Map<number, Booking>();
    for (const { wishes, moves, breakdown } of batches) {
      broken = breakdown && { ...breakdown };
      const [tried, ends] = await Promise.all([
        Promise.all(wishes.map((each) => tryToBook(events, each))),
        Promise.all(moves.map((each) => tryToMove([...known.values()], each))),
      ]);
      broken = null;
      const rows = await container.db
        .em()
        .find(BookingSchema, { eventId: { $in: eventIds } }, { orderBy: { id: 'asc' } });
      const now = new Map(rows.map((row) => [row.id, row]));
      const made = rows.filter(({ id }) => !known.has(id));

      for (const before of known.values()) checkMoved(before, now.get(before.id), ends);
      checkAnswers(tried, made, now, breakdown?.times === 2);
      checkKeys(tried, rows, known);
      for (const event of events) {
        await checkCounters(event, rows);
        checkRefusals(event, tried, [...known.values()], rows);
      }
      if (moves.length === 0) checkOrder(events, tried, known);
      expect(await verify(container.db)).toEqual(findingsOfEarlierRuns);
      known = now;
    }
  }

  async function tryToBook(events: readonly Event[], { event, ...asked }: Wish): Promise<Tried> {
    const eventId = events[event]?.id as number;
    // A key is its user's, whatever the event, so each run has users of its own.
    const wish = { ...asked, eventId, userId: `${asked.userId} of run ${events[0]?.id}` };
    const failed = (error: unknown) => ({ kind: 'failed', error }) as const;
    return { ...wish, answer: await office.container.bookTicket(wish).catch(failed) };
  }

  async function tryToMove(bookings: readonly Booking[], { booking, to, turns }: Move): Promise<Ended | null> {
    const target = bookings[booking % bookings.length];
    if (!target) return null;
    for (let turn = 0; turn < turns; turn++) await setImmediate();
    const { id, eventId, reference, quantity } = target;
    const job = { bookingId: id, eventId, reference, quantity };
    if (to === 'FINALIZED') await worker.run(job);
    else if (to === 'FAILED') await worker.giveUp(job, new Error('no tickets'));
    else {
      const code = (error: { code: string }) => error.code;
      return { id, to, answer: await office.container.cancelBooking(id).then(({ status }) => status, code) };
    }
    return { id, to, answer: null };
  }

  async function checkCounters({ id, capacity }: Event, rows: readonly Booking[]): Promise<void> {
    const held = holding(rows.filter(({ eventId }) => eventId === id));
    const booked = placesOf(held);
    expect(await office.container.events.find(id)).toMatchObject({
      bookedCount: booked,
      finalizedCount: placesOf(held.filter(({ status }) => status === 'FINALIZED')),
    });
    expect(booked).toBeLessThanOrEqual(capacity);
  }
});

/** Each move happened once and along the table, and only one that somebody asked for. */
function checkMoved(before: Booking, now: Booking | undefined, ends: readonly (Ended | null)[]): void {
  const asked = ends.filter((end) => end?.id === before.id);
  const possible = endsOf(before.status, new Set(asked.map((end) => end?.to)));
  expect(possible).toContain(now?.status);
  const moves = Number(Boolean(now?.finalizedAt)) + Number(now?.status === 'FAILED' || now?.status === 'CANCELLED');
  expect(now).toMatchObject({ ...wishOf(before), reference: before.reference, version: 1 + moves });
  for (const { answer } of asked.filter((end) => end?.to === 'CANCELLED') as Ended[]) {
    expect(answer).toBe(now?.status === 'FAILED' ? 'BAD_USER_INPUT' : 'CANCELLED');
  }
}

function endsOf(status: BookingStatus, asked: ReadonlySet<BookingStatus | undefined>): BookingStatus[] {
  if (status === 'FINALIZED') return [asked.has('CANCELLED') ? 'CANCELLED' : 'FINALIZED'];
  if (status !== 'PENDING' || asked.size === 0) return [status];
  const ends = [...asked] as BookingStatus[];
  return asked.has('CANCELLED') ? ends.filter((end) => end !== 'FINALIZED') : ends;
}

/** Every accepted answer has its row, and every new row was answered for, once, or its request has failed. */
function checkAnswers(
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
    expect(now.get(id)).toMatchObject({ ...wishOf(wish), reference });
    if (!answer.replayed) owners.set(id, (owners.get(id) ?? 0) + 1);
  }
  for (const row of made) {
    expect(row).toMatchObject({ status: 'PENDING', version: 1 });
    const lost = unanswered.findIndex((wish) => isDeepStrictEqual(wishOf(wish), wishOf(row)));
    if (owners.get(row.id) === undefined && lost >= 0) unanswered.splice(lost, 1);
    else expect(owners.get(row.id)).toBe(1);
    owners.delete(row.id);
  }
  expect([...owners]).toEqual([]);
}

/** A key has one booking, and whoever asks for it again gets that one. */
function checkKeys(tried: readonly Tried[], rows: readonly Booking[], known: ReadonlyMap<number, Booking>): void {
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
function checkRefusals(
  event: Event,
  tried: readonly Tried[],
  known: readonly Booking[],
  rows: readonly Booking[],
): void {
  const here = ({ eventId }: { eventId: number }) => eventId === event.id;
  const heldBefore = holding(known.filter(here));
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
function checkOrder(events: readonly Event[], tried: readonly Tried[], known: ReadonlyMap<number, Booking>): void {
  const eventOfKey = new Map<string, number>();
  for (const { answer, ...wish } of tried) {
    if (answer.kind === 'failed' || (answer.kind === 'refused' && answer.code === 'BUSY')) return;
    if (wish.idempotencyKey === null) continue;
    // Which of two events sees a key first is nobody's promise.
    if ((eventOfKey.get(keyOf(wish)) ?? wish.eventId) !== wish.eventId) return;
    eventOfKey.set(keyOf(wish), wish.eventId);
  }
  const all: (Asked & { status: BookingStatus })[] = [...known.values()];
  const served = tried.map((wish) => {
    const owner = wish.idempotencyKey === null ? undefined : all.find((row) => keyOf(row) === keyOf(wish));
    if (owner) return isDeepStrictEqual(wishOf(owner), wishOf(wish));
    const event = events.find(({ id }) => id === wish.eventId) as Event;
    const held = holding(all).filter(({ eventId }) => eventId === event.id);
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
