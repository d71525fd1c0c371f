import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Container, createContainer } from '../../src/container.ts';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';
import { bookingOf, bookPatiently, everybodyReadsFirst, readNumber, rush, tally } from '../support/outcomes.ts';
import { SETUPS } from '../support/setups.ts';

const OPEN = new Date('2030-01-01T10:00:00.000Z');
const CLOSE = new Date('2030-01-01T12:00:00.000Z');
const shifted = (date: Date, ms: number) => new Date(date.getTime() + ms);

describe.each(SETUPS)('%s: an event', (setup) => {
  let office: BoxOffice;
  let other: Container;
  let clock = OPEN;
  beforeAll(async () => {
    const overrides = { now: () => clock };
    office = await openBoxOffice(setup, { overrides, worker: false });
    other = await createContainer(office.container.config, overrides);
  });
  afterAll(async () => {
    await other.close();
    await office.close();
  });

  const eventWith = (input: object) => office.container.createEvent({ title: 'Concert', capacity: 100, ...input });
  const book = (eventId: number, quantity = 1, userId = 'alice') =>
    office.container.bookTicket({ eventId, userId, quantity });

  test('sells at most maxPerBooking places at once, 10 unless told otherwise', async () => {
    const { id } = await eventWith({});
    const { id: strict } = await eventWith({ maxPerBooking: 2 });
    expect(tally([await book(id, 10), await book(strict, 2)])).toEqual({ booked: 2 });
    const refused = [await book(id, 11), await book(strict, 3)];
    expect(tally(refused)).toEqual({ LIMIT_REACHED: 2 });
    expect(refused[0]).toMatchObject({ retryable: false, retryAfterMs: null, availableCount: null });
  });

  test('counts maxPerUser over all bookings of a user, and of no one else', async () => {
    const { id } = await eventWith({ maxPerUser: 4 });
    expect(tally([await book(id, 3), await book(id, 2), await book(id, 1), await book(id, 1)])).toEqual({
      booked: 2,
      LIMIT_REACHED: 2,
    });
    expect(tally([await book(id, 4, 'bob')])).toEqual({ booked: 1 });
  });

  test('no longer counts cancelled places', async () => {
    const { id } = await eventWith({ maxPerUser: 2 });
    // While the event has no more places booked than one user may have, nobody's bookings are looked at.
    expect(tally([await book(id, 2, 'bob')])).toEqual({ booked: 1 });
    const booking = bookingOf(await book(id, 2));
    expect(tally([await book(id)])).toEqual({ LIMIT_REACHED: 1 });
    await office.container.cancelBooking(booking.id);
    expect(tally([await book(id, 2)])).toEqual({ booked: 1 });
  });

  test('keeps maxPerUser also when one user books at the same time, in two processes', async () => {
    const { id: eventId } = await eventWith({ maxPerUser: 3 });
    const processes = [office.container, other];
    const outcomes = await rush(20, (i) => bookPatiently(processes[i % 2] as Container, { eventId, userId: 'alice' }));
    expect(tally(outcomes)).toEqual({ booked: 3, LIMIT_REACHED: 17 });
  });

  test('(control) is booked above its limit by whoever adds up first and books then', async () => {
    const { db } = office.container;
    await db.em().execute('create table control_bookings (quantity integer not null)');
    const held = () => readNumber(db, 'select coalesce(sum(quantity), 0) from control_bookings');
    await everybodyReadsFirst(10, held, async (seen) => {
      if (seen < 3) await db.em().execute('insert into control_bookings values (1)');
    });
    expect(await held()).toBe(10);
  });

  test('is on sale from salesOpenAt until just before salesCloseAt', async () => {
    const { id } = await eventWith({ salesOpenAt: OPEN, salesCloseAt: CLOSE });
    const at = async (date: Date) => {
      clock = date;
      return tally([await book(id)]);
    };
    expect(await at(shifted(OPEN, -1))).toEqual({ NOT_ON_SALE: 1 });
    expect(await at(OPEN)).toEqual({ booked: 1 });
    expect(await at(shifted(CLOSE, -1))).toEqual({ booked: 1 });
    expect(await at(CLOSE)).toEqual({ NOT_ON_SALE: 1 });
    clock = OPEN;
  });

  test.each(['CLOSED', 'CANCELLED'])('that is %s sells nothing, also to whoever saw it open', async (status) => {
    const { id } = await eventWith({});
    expect(tally([await book(id)])).toEqual({ booked: 1 });
    await office.container.db.em().execute('update events set status = ? where id = ?', [status, id]);
    expect(tally(await rush(5, () => book(id)))).toEqual({ NOT_ON_SALE: 5 });
  });

  test('cannot close before it opens', async () => {
    for (const salesCloseAt of [OPEN, shifted(OPEN, -1)]) {
      await expect(eventWith({ salesOpenAt: OPEN, salesCloseAt })).rejects.toMatchObject({
        code: 'BAD_USER_INPUT',
        problems: [{ field: 'salesCloseAt' }],
      });
    }
  });

  test.each([
    ['capacity', { capacity: 0 }],
    ['capacity', { capacity: 2_147_483_648 }],
    ['capacity', { capacity: 1.5 }],
    ['maxPerBooking', { maxPerBooking: 101 }],
    ['maxPerBooking', { maxPerBooking: 0 }],
    ['maxPerUser', { maxPerUser: 0 }],
    ['title', { title: ' ' }],
    ['title', { title: 'x'.repeat(201) }],
  ])('needs a sensible %s: %j', async (field, input) => {
    await expect(eventWith(input)).rejects.toMatchObject({ code: 'BAD_USER_INPUT', problems: [{ field }] });
  });

  test.each([0, -1, 1.5, 2_147_483_648])('takes no booking of %d places', async (quantity) => {
    const { id } = await eventWith({});
    await expect(book(id, quantity)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
  });

  test.each([0, -1, 'abc', '1e3', 99_999_999, '99999999999999999999'])(
    'with the unknown id %s is EVENT_NOT_FOUND',
    async (eventId) => {
      const outcome = await office.container.bookTicket({ eventId, userId: 'alice' });
      expect(tally([outcome])).toEqual({ EVENT_NOT_FOUND: 1 });
    },
  );
});
