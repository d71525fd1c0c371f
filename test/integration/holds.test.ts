import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Booking } from '../../src/bookings/booking.entity.ts';
import type { BookingOutcome } from '../../src/bookings/ticket-order.ts';
import type { Container } from '../../src/container.ts';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';
import { eventually } from '../support/eventually.ts';
import { hold, letEnd } from '../support/holds.ts';
import { bookingOf, rush, tally } from '../support/outcomes.ts';
import { SETUPS } from '../support/setups.ts';

const SOON_MS = 1_000;

describe.each(SETUPS)('%s: a hold', (setup) => {
  let office: BoxOffice;
  let box: Container;
  beforeAll(async () => {
    office = await openBoxOffice(setup);
    box = office.container;
  });
  afterAll(() => office.close());

  const newEvent = async (more: object = {}) => (await box.createEvent({ title: 'Concert', capacity: 10, ...more })).id;
  const read = async ({ id }: Booking) => (await box.bookings.find(id)) as Booking;
  const counts = async (eventId: number) => {
    const event = await box.events.find(eventId);
    return [event?.bookedCount, event?.heldCount, event?.finalizedCount];
  };
  const becomes = (booking: Booking, status: string) =>
    eventually(async () => {
      const now = await read(booking);
      expect(now.status).toBe(status);
      return now;
    });
  const codeOf = (outcome: BookingOutcome) => (outcome.kind === 'refused' ? outcome.code : outcome.booking.status);
  const key = (idempotencyKey: string, paymentReference = idempotencyKey) => ({ idempotencyKey, paymentReference });

  test('takes its places, is not finalized, and is booked by its confirmation', async () => {
    const eventId = await newEvent();
    const before = Date.now();
    const held = bookingOf(await box.bookTicket({ eventId, userId: 'alice', quantity: 3, holdSeconds: 600 }));
    expect(held).toMatchObject({ status: 'HELD', version: 1, confirmedAt: null });
    const heldMs = (held.expiresAt?.getTime() ?? 0) - before;
    expect(heldMs).toBeGreaterThan(590_000);
    expect(heldMs).toBeLessThan(610_000);
    expect(await read(held)).toMatchObject({ status: 'HELD', expiresAt: held.expiresAt });
    expect(await counts(eventId)).toEqual([3, 3, 0]);
    const confirmed = bookingOf(await box.confirmBooking(held.id, key('pay-1')));
    expect(confirmed).toMatchObject({ status: 'PENDING', version: 2, paymentReference: 'pay-1' });
    expect(await becomes(held, 'FINALIZED')).toMatchObject({ version: 3, paymentReference: 'pay-1' });
    expect(await counts(eventId)).toEqual([3, 0, 3]);
  });

  test('is given back by cancelBooking, once, and cannot be confirmed then', async () => {
    const eventId = await newEvent();
    const held = await hold(box, eventId, 2);
    expect(await box.cancelBooking(held.id)).toMatchObject({ status: 'CANCELLED', version: 2 });
    expect(await box.cancelBooking(held.id)).toMatchObject({ status: 'CANCELLED', version: 2 });
    expect(await counts(eventId)).toEqual([0, 0, 0]);
    expect(codeOf(await box.confirmBooking(held.id, key('pay')))).toBe('NOT_HELD');
    expect(codeOf(await box.extendHold(held.id, 60))).toBe('NOT_HELD');
  });

  test('that is confirmed may be cancelled before and after it is final', async () => {
    const eventId = await newEvent();
    const held = await hold(box, eventId, 2);
    await box.confirmBooking(held.id, {});
    await becomes(held, 'FINALIZED');
    expect(await box.cancelBooking(held.id)).toMatchObject({ status: 'CANCELLED', version: 4 });
    expect(await counts(eventId)).toEqual([0, 0, 0]);
  });

  test('is EXPIRED by the worker when its time is over, and its places are free then', async () => {
    const eventId = await newEvent();
    const held = await hold(box, eventId, 2);
    const endedAt = performance.now();
    await letEnd(box.db, 0, `id = ${held.id}`);
    expect(await becomes(held, 'EXPIRED')).toMatchObject({ version: 2 });
    expect(performance.now() - endedAt).toBeLessThan(SOON_MS);
    expect(await counts(eventId)).toEqual([0, 0, 0]);
    expect(codeOf(await box.confirmBooking(held.id, key('pay')))).toBe('HOLD_EXPIRED');
    expect(codeOf(await box.extendHold(held.id, 60))).toBe('HOLD_EXPIRED');
    await expect(box.cancelBooking(held.id)).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      message: 'An expired booking cannot be cancelled.',
    });
    const again = { eventId, userId: 'alice', holdSeconds: 1, idempotencyKey: 'one second' };
    expect(bookingOf(await box.bookTicket(again)).status).toBe('HELD');
    await eventually(async () => expect(await counts(eventId)).toEqual([0, 0, 0]));
    // A repeat is no new wish.
    expect(bookingOf(await box.bookTicket(again)).status).toBe('EXPIRED');
  });

  test('that is confirmed 20 times at once, by keys of all kinds, is confirmed once, and all are told the same', async () => {
    const eventId = await newEvent();
    const held = await hold(box, eventId);
    const outcomes = await rush(20, (n) => box.confirmBooking(held.id, n % 2 ? key(`pay-${n}`) : key('pay-0')));
    expect(tally(outcomes)).toEqual({ booked: 1, replayed: 19 });
    const told = new Set(outcomes.map((outcome) => bookingOf(outcome).paymentReference));
    expect([...told]).toEqual([(await read(held)).paymentReference]);
    expect((await becomes(held, 'FINALIZED')).version).toBe(3);
  });

  test('that is confirmed answers the same key with itself, and refuses it for another payment', async () => {
    const held = await hold(box, await newEvent());
    expect(tally([await box.confirmBooking(held.id, key('pay'))])).toEqual({ booked: 1 });
    await becomes(held, 'FINALIZED');
    const repeated = await box.confirmBooking(held.id, key('pay'));
    expect([tally([repeated]), codeOf(repeated)]).toEqual([{ replayed: 1 }, 'FINALIZED']);
    expect(codeOf(await box.confirmBooking(held.id, key('pay', 'another')))).toBe('IDEMPOTENCY_KEY_REUSED');
    expect(bookingOf(await box.confirmBooking(held.id, {}))).toMatchObject({ paymentReference: 'pay' });
    expect(codeOf(await box.extendHold(held.id, 60))).toBe('NOT_HELD');
  });

  test('can be extended, never shortened, within what the event allows, and its version grows', async () => {
    const eventId = await newEvent({ maxHoldSeconds: 300 });
    expect(codeOf(await box.bookTicket({ eventId, userId: 'alice', holdSeconds: 301 }))).toBe('HOLDS_NOT_ALLOWED');
    const held = bookingOf(await box.bookTicket({ eventId, userId: 'alice', holdSeconds: 60 }));
    const longer = bookingOf(await box.extendHold(held.id, 300));
    expect(longer).toMatchObject({ status: 'HELD', version: 2 });
    const moreMs = Number(longer.expiresAt) - Number(held.expiresAt);
    expect(moreMs).toBeGreaterThanOrEqual(240_000);
    expect(moreMs).toBeLessThan(250_000);
    const outcome = await box.extendHold(held.id, 30);
    expect([tally([outcome]), bookingOf(outcome).expiresAt]).toEqual([{ replayed: 1 }, longer.expiresAt]);
    expect(codeOf(await box.extendHold(held.id, 301))).toBe('HOLDS_NOT_ALLOWED');
    await box.confirmBooking(held.id, {});
    expect((await becomes(held, 'FINALIZED')).version).toBe(4);
  });

  test('is not made where the event has none, which stops no booking', async () => {
    const eventId = await newEvent({ maxHoldSeconds: 0 });
    const wish = { eventId, userId: 'alice' };
    const [refused, booked] = await Promise.all([box.bookTicket({ ...wish, holdSeconds: 1 }), box.bookTicket(wish)]);
    expect([codeOf(refused), codeOf(booked)]).toEqual(['HOLDS_NOT_ALLOWED', 'PENDING']);
    await expect(box.bookTicket({ ...wish, holdSeconds: 0 })).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
  });

  test('is a request of its own: under its key neither another time nor no hold is the same', async () => {
    const eventId = await newEvent();
    const wish = { eventId, userId: 'alice', idempotencyKey: `hold of ${eventId}` };
    const outcomes = [60, 60, 61, null].map((holdSeconds) => box.bookTicket({ ...wish, holdSeconds }));
    expect(tally(await Promise.all(outcomes))).toEqual({ booked: 1, replayed: 1, IDEMPOTENCY_KEY_REUSED: 2 });
  });

  test.each([null, 99_999_999])('that is unknown (%s), or somebody else has, is NOT_FOUND', async (id) => {
    const held = await hold(box, await newEvent());
    for (const [asked, owner] of [
      [id, null],
      [held.id, 'mallory'],
    ] as const) {
      await expect(box.confirmBooking(asked, {}, owner)).rejects.toMatchObject({ code: 'NOT_FOUND' });
      await expect(box.extendHold(asked, 60, owner)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    }
    expect((await read(held)).version).toBe(1);
  });

  test('(a booking that was never one) is NOT_HELD', async () => {
    const booking = bookingOf(await box.bookTicket({ eventId: await newEvent(), userId: 'alice' }));
    expect(codeOf(await box.confirmBooking(booking.id, {}))).toBe('NOT_HELD');
    expect(codeOf(await box.extendHold(booking.id, 60))).toBe('NOT_HELD');
  });

  test('shows itself to whoever watches it: HELD with its end, extended, and EXPIRED last', async () => {
    const held = await hold(box, await newEvent());
    const seen: [string, number][] = [];
    const watching = (async () => {
      for await (const { status, version } of await box.liveUpdates.bookingStatus(held.id))
        seen.push([status, version]);
    })();
    await eventually(() => expect(seen).toEqual([['HELD', 1]]));
    await box.extendHold(held.id, 900);
    await eventually(() => expect(seen).toHaveLength(2));
    await letEnd(box.db, 0, `id = ${held.id}`);
    await watching;
    expect(seen).toEqual([
      ['HELD', 1],
      ['HELD', 2],
      ['EXPIRED', 3],
    ]);
  });
});
