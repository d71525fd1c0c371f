import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decide, keyOf, type Situation } from '../../src/bookings/admission.ts';
import type { Booking } from '../../src/bookings/booking.entity.ts';
import { newTicketOrder, type TicketOrder } from '../../src/bookings/ticket-order.ts';
import type { Event } from '../../src/events/event.entity.ts';

const NOW = new Date('2030-01-01T12:00:00Z');
const LATER = new Date('2030-01-01T12:00:01Z');

function eventWith(more: Partial<Event> = {}): Event {
  return {
    id: 1,
    title: 'Concert',
    capacity: 10,
    bookedCount: 0,
    finalizedCount: 0,
    salesOpenAt: null,
    salesCloseAt: null,
    maxPerBooking: 10,
    maxPerUser: null,
    heldCount: 0,
    maxHoldSeconds: 900,
    status: 'ON_SALE',
    version: 0,
    createdAt: NOW,
    ...more,
  } as Event;
}

const situationOf = (event: Partial<Event> = {}, more: Partial<Situation> = {}): Situation => ({
  event: eventWith(event),
  earlier: new Map(),
  placesByUser: new Map(),
  holdsAreOver: false,
  promised: false,
  ...more,
});

function wish(quantity: number, more: Partial<TicketOrder> = {}): TicketOrder {
  const nothing = { holderName: null, email: null, holdSeconds: null, idempotencyKey: null };
  return newTicketOrder({ eventId: 1, userId: 'alice', ...nothing, quantity, ...more });
}

/** Verdicts in short: what was decided, and the code of a refusal. */
const verdicts = (requests: TicketOrder[], situation: Situation) =>
  decide(requests, situation, NOW).map((verdict) => (verdict.kind === 'refused' ? verdict.code : verdict.kind));

describe('admission', () => {
  test('is first come, first served', () => {
    expect(verdicts([wish(4), wish(4), wish(4)], situationOf())).toEqual(['admitted', 'admitted', 'SOLD_OUT']);
  });

  test('refuses what does not fit, says what is left, and admits a smaller request behind it', () => {
    const situation = situationOf({ bookedCount: 7 });
    const requests = [wish(4), wish(3), wish(1)];
    expect(verdicts(requests, situation)).toEqual(['SOLD_OUT', 'admitted', 'SOLD_OUT']);
    const left = decide(requests, situation, NOW).map(
      (verdict) => 'availableCount' in verdict && verdict.availableCount,
    );
    expect(left).toEqual([3, false, 0]);
  });

  test.each<[string, Partial<Event>, string]>([
    ['the sale opens this very moment', { salesOpenAt: NOW }, 'admitted'],
    ['the sale opens later', { salesOpenAt: LATER }, 'NOT_ON_SALE'],
    ['the sale closes later', { salesCloseAt: LATER }, 'admitted'],
    ['the sale closes this very moment', { salesCloseAt: NOW }, 'NOT_ON_SALE'],
    ['the event is closed', { status: 'CLOSED' }, 'NOT_ON_SALE'],
    ['the event is cancelled', { status: 'CANCELLED' }, 'NOT_ON_SALE'],
    ['the event is closed and full', { status: 'CLOSED', bookedCount: 10 }, 'NOT_ON_SALE'],
    ['the quantity is the largest allowed', { maxPerBooking: 2 }, 'admitted'],
    ['the quantity is above the largest allowed', { maxPerBooking: 1 }, 'LIMIT_REACHED'],
    ['the user may hold just that many', { maxPerUser: 2 }, 'admitted'],
    ['the user may hold fewer', { maxPerUser: 1 }, 'LIMIT_REACHED'],
  ])('decides by the limits and the time of sale when %s', (_when, event, verdict) => {
    expect(verdicts([wish(2)], situationOf(event))).toEqual([verdict]);
  });

  test('adds up what a user holds already and gets in this group', () => {
    const situation = situationOf({ maxPerUser: 4 }, { placesByUser: new Map([['alice', 1]]) });
    const requests = [wish(2), wish(2), wish(1), wish(4, { userId: 'bob' })];
    expect(verdicts(requests, situation)).toEqual(['admitted', 'LIMIT_REACHED', 'admitted', 'admitted']);
  });

  test('answers a repeat with the earlier booking, also when nothing is left or the sale is over', () => {
    const request = wish(2, { idempotencyKey: 'k' });
    const booking = { ...request, id: 7 } as unknown as Booking;
    const earlier = new Map([[keyOf(request) as string, booking]]);
    for (const event of [{ bookedCount: 10 }, { status: 'CLOSED' as const }, { maxPerUser: 1 }]) {
      expect(decide([request], situationOf(event, { earlier }), NOW)).toEqual([{ kind: 'repeat', booking }]);
    }
    expect(verdicts([wish(3, { idempotencyKey: 'k' })], situationOf({}, { earlier }))).toEqual([
      'IDEMPOTENCY_KEY_REUSED',
    ]);
  });

  test('lets the same request follow the first of its group, at no cost of places', () => {
    const keyed = { idempotencyKey: 'k' };
    const requests = [wish(6, keyed), wish(6, keyed), wish(5, keyed), wish(4)];
    expect(verdicts(requests, situationOf())).toEqual(['admitted', 'follows', 'IDEMPOTENCY_KEY_REUSED', 'admitted']);
    expect(decide(requests, situationOf(), NOW)[1]).toEqual({ kind: 'follows', index: 0 });
  });

  test('keeps the same key of two users apart', () => {
    const requests = [wish(1, { idempotencyKey: 'k' }), wish(2, { idempotencyKey: 'k', userId: 'bob' })];
    expect(verdicts(requests, situationOf())).toEqual(['admitted', 'admitted']);
  });

  test('leaves the key of a first request that is refused free for the next', () => {
    const keyed = { idempotencyKey: 'k' };
    expect(verdicts([wish(8, keyed), wish(2, keyed)], situationOf({ bookedCount: 8 }))).toEqual([
      'SOLD_OUT',
      'admitted',
    ]);
  });

  test('holds against a simple model, whatever the group', () => {
    const request = fc.record({
      quantity: fc.integer({ min: 1, max: 6 }),
      userId: fc.constantFrom('a', 'b', 'c'),
      idempotencyKey: fc.constantFrom(null, null, 'k', 'l'),
    });
    const event = fc
      .record({ capacity: fc.integer({ min: 1, max: 30 }), taken: fc.nat(30), maxPerUser: fc.constantFrom(null, 5, 9) })
      .map(({ capacity, taken, maxPerUser }) => ({ capacity, bookedCount: Math.min(taken, capacity), maxPerUser }));
    fc.assert(
      fc.property(fc.array(request, { maxLength: 40 }), event, (wishes, limits) => {
        const nothing = { holderName: null, email: null, holdSeconds: null };
        const requests = wishes.map((each) => newTicketOrder({ eventId: 1, ...nothing, ...each }));
        const result = decide(requests, situationOf({ ...limits, maxPerBooking: 6 }), NOW);
        let left = limits.capacity - limits.bookedCount;
        const held = new Map<string, number>();
        result.forEach((verdict, i) => {
          const { userId, quantity } = requests[i] as TicketOrder;
          const holds = (held.get(userId) ?? 0) + quantity;
          const withinLimit = limits.maxPerUser === null || holds <= limits.maxPerUser;
          if (verdict.kind === 'admitted') {
            expect(quantity <= left && withinLimit).toBe(true);
            left -= quantity;
            held.set(userId, holds);
          } else if (verdict.kind === 'refused' && verdict.code === 'SOLD_OUT') {
            expect(verdict.availableCount).toBe(left);
            expect(quantity).toBeGreaterThan(left);
          } else if (verdict.kind === 'refused' && verdict.code === 'LIMIT_REACHED') {
            expect(withinLimit).toBe(false);
          } else if (verdict.kind === 'follows') {
            expect(result[verdict.index]).toEqual({ kind: 'admitted' });
            expect(requests[verdict.index]).toMatchObject({
              userId,
              quantity,
              idempotencyKey: requests[i]?.idempotencyKey,
            });
          }
        });
        expect(left).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});
