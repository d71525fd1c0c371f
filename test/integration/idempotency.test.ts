import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Container, createContainer } from '../../src/container.ts';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';
import { eventually } from '../support/eventually.ts';
import { bookingOf, bookPatiently, rush, tally } from '../support/outcomes.ts';
import { SETUPS } from '../support/setups.ts';

describe.each(SETUPS)('%s: an idempotency key', (setup) => {
  let office: BoxOffice;
  let sameDatabase: Container;
  let smallGroups: Container;
  let clock = new Date('2030-01-01T00:00:00Z');

  beforeAll(async () => {
    const overrides = { now: () => clock };
    office = await openBoxOffice(setup, { overrides });
    const { config } = office.container;
    sameDatabase = await createContainer(config, overrides);
    smallGroups = await createContainer({ ...config, booking: { ...config.booking, maxGroupSize: 10 } }, overrides);
  });
  afterAll(async () => {
    await sameDatabase.close();
    await smallGroups.close();
    await office.close();
  });

  const eventWith = (input: object = {}) => office.container.createEvent({ title: 'Concert', capacity: 100, ...input });
  const bookedCount = async (eventId: number) => (await office.container.events.find(eventId))?.bookedCount;

  async function expectOneBooking(eventId: number, outcomes: Awaited<ReturnType<typeof bookPatiently>>[]) {
    expect(tally(outcomes)).toEqual({ booked: 1, replayed: outcomes.length - 1 });
    const identity = outcomes.map((outcome) => {
      const { id, reference, userId, quantity } = bookingOf(outcome);
      return { id, reference, userId, quantity };
    });
    expect(identity).toEqual(identity.map(() => identity[0]));
    expect(await bookedCount(eventId)).toBe(identity[0]?.quantity);
  }

  test('sent 50 times at once makes one booking and 50 equal answers', async () => {
    const { id: eventId } = await eventWith();
    const wish = { eventId, userId: 'alice', quantity: 2, idempotencyKey: 'same-group' };
    await expectOneBooking(eventId, await rush(50, () => office.container.bookTicket(wish)));
  });

  test('makes one booking also when its repeats fall into several groups', async () => {
    const { id: eventId } = await eventWith();
    const wish = { eventId, userId: 'alice', quantity: 2, idempotencyKey: 'small-groups' };
    await expectOneBooking(eventId, await rush(50, () => smallGroups.bookTicket(wish)));
  });

  test('makes one booking also when its repeats reach two processes', async () => {
    const { id: eventId } = await eventWith();
    const wish = { eventId, userId: 'alice', quantity: 2, idempotencyKey: 'two-processes' };
    const processes = [office.container, sameDatabase];
    const outcomes = await rush(50, (i) => bookPatiently(processes[i % 2] as Container, wish));
    await expectOneBooking(eventId, outcomes);
  });

  test('is refused without effect when it comes with another quantity, at once or later', async () => {
    const { id: eventId } = await eventWith();
    const wish = { eventId, userId: 'bob', quantity: 1, idempotencyKey: 'reused' };
    const { bookTicket } = office.container;
    expect(tally(await Promise.all([bookTicket(wish), bookTicket({ ...wish, quantity: 2 })]))).toEqual({
      booked: 1,
      IDEMPOTENCY_KEY_REUSED: 1,
    });
    const later = await bookTicket({ ...wish, quantity: 3 });
    expect(later).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED', retryable: false, availableCount: null });
    expect(await bookedCount(eventId)).toBe(1);
  });

  test('is refused when it comes with another name or address, and not when both are the same', async () => {
    const { id: eventId } = await eventWith();
    const details = { holderName: 'Ζωή 李', email: 'zoe@books.example' };
    const wish = { eventId, userId: 'bob', ...details, idempotencyKey: 'named' };
    const { bookTicket } = office.container;
    expect(bookingOf(await bookTicket(wish)).holderName).toBe('Ζωή 李');
    const others = [{ holderName: 'Zoe' }, { holderName: null }, { email: 'zoe@other.example' }, { email: null }];
    for (const other of others) {
      expect(await bookTicket({ ...wish, ...other })).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
    }
    expect(await bookTicket(wish)).toMatchObject({ replayed: true, booking: details });
    expect(await bookedCount(eventId)).toBe(1);
  });

  test('of a booking without a name has the fingerprint that it had before there were names', async () => {
    const { id: eventId } = await eventWith();
    const wish = { eventId, userId: 'bob', quantity: 2, idempotencyKey: 'nameless' };
    const { fingerprint } = bookingOf(await office.container.bookTicket(wish));
    expect(fingerprint).toBe(`event=${eventId}&quantity=2`);
  });

  test('used for two events at once makes one booking, of one of them', async () => {
    const [one, two] = await Promise.all([eventWith(), eventWith()]);
    const wish = { userId: 'carol', idempotencyKey: 'two-events' };
    const outcomes = await rush(20, (i) =>
      bookPatiently(office.container, { ...wish, eventId: i % 2 ? one.id : two.id }),
    );
    expect(tally(outcomes)).toEqual({ booked: 1, replayed: 9, IDEMPOTENCY_KEY_REUSED: 10 });
    expect(((await bookedCount(one.id)) ?? 0) + ((await bookedCount(two.id)) ?? 0)).toBe(1);
  });

  test('belongs to its user: the same key of another user is independent', async () => {
    const { id: eventId } = await eventWith();
    const outcomes = await rush(3, (i) =>
      office.container.bookTicket({ eventId, userId: `user-${i}`, idempotencyKey: 'shared' }),
    );
    expect(tally(outcomes)).toEqual({ booked: 3 });
  });

  test('still answers with its booking after the event has sold out', async () => {
    const { id: eventId } = await eventWith({ capacity: 2 });
    const wish = { eventId, userId: 'dora', quantity: 2, idempotencyKey: 'sold-out' };
    const { reference } = bookingOf(await office.container.bookTicket(wish));
    expect(tally([await office.container.bookTicket({ eventId, userId: 'erik' })])).toEqual({ SOLD_OUT: 1 });
    expect(await office.container.bookTicket(wish)).toMatchObject({ replayed: true, booking: { reference } });
  });

  test('still answers with its booking after the sale is over', async () => {
    const { id: eventId } = await eventWith({ salesCloseAt: new Date(clock.getTime() + 60_000) });
    const wish = { eventId, userId: 'fred', idempotencyKey: 'closed' };
    const { reference } = bookingOf(await office.container.bookTicket(wish));
    const before = clock;
    clock = new Date(clock.getTime() + 60_000);
    try {
      expect(tally([await office.container.bookTicket({ eventId, userId: 'gina' })])).toEqual({ NOT_ON_SALE: 1 });
      expect(await office.container.bookTicket(wish)).toMatchObject({ replayed: true, booking: { reference } });
    } finally {
      clock = before;
    }
  });

  test('still answers with its booking after that was finalized or cancelled, as it is now', async () => {
    const { id: eventId } = await eventWith();
    const wish = { eventId, userId: 'hugo', idempotencyKey: 'cancelled' };
    const { id, reference } = bookingOf(await office.container.bookTicket(wish));
    await eventually(async () => expect((await office.container.bookings.find(id))?.status).toBe('FINALIZED'));
    expect(await office.container.bookTicket(wish)).toMatchObject({ booking: { id, status: 'FINALIZED' } });
    await office.container.cancelBooking(id);
    expect(await office.container.bookTicket(wish)).toMatchObject({
      replayed: true,
      booking: { id, reference, status: 'CANCELLED' },
    });
    expect(await bookedCount(eventId)).toBe(0);
  });

  test('of a refused request is free: nothing was booked under it', async () => {
    const { id: eventId } = await eventWith({ capacity: 1 });
    const wish = { eventId, userId: 'ida', quantity: 2, idempotencyKey: 'refused' };
    expect(tally([await office.container.bookTicket(wish)])).toEqual({ SOLD_OUT: 1 });
    expect(tally([await office.container.bookTicket({ ...wish, quantity: 1 })])).toEqual({ booked: 1 });
  });

  test('may have 255 characters, and 256 are bad input', async () => {
    const { id: eventId } = await eventWith();
    const wish = (length: number) => ({ eventId, userId: 'jon', idempotencyKey: '🎫'.repeat(length) });
    expect(tally(await rush(2, () => office.container.bookTicket(wish(255))))).toEqual({ booked: 1, replayed: 1 });
    await expect(office.container.bookTicket(wish(256))).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      problems: [{ field: 'idempotencyKey' }],
    });
    await expect(office.container.bookTicket(wish(0))).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
  });
});
