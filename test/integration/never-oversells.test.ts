import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';
import { bookTicket, createEvent } from '../support/graphql-client.ts';
import { bookingOf, everybodyReadsFirst, readNumber, rush, tally } from '../support/outcomes.ts';
import { SETUPS } from '../support/setups.ts';

describe.each(SETUPS)('%s: a rush', (setup) => {
  let office: BoxOffice;
  beforeAll(async () => {
    office = await openBoxOffice(setup);
  });
  afterAll(() => office.close());

  const eventWith = (capacity: number) => office.container.createEvent({ title: 'Concert', capacity });
  const bookedCount = async (eventId: number) => (await office.container.events.find(eventId))?.bookedCount;

  test('of 1,000 buyers for 100 places the first 100 book and all others hear SOLD_OUT', async () => {
    const { id: eventId } = await eventWith(100);
    const outcomes = await rush(1_000, (buyer) => office.container.bookTicket({ eventId, userId: `buyer-${buyer}` }));
    expect(tally(outcomes)).toEqual({ booked: 100, SOLD_OUT: 900 });
    expect(tally(outcomes.slice(0, 100))).toEqual({ booked: 100 });
    expect(new Set(outcomes.slice(0, 100).map((outcome) => bookingOf(outcome).reference)).size).toBe(100);
    expect(await bookedCount(eventId)).toBe(100);
  });

  test('of 200 buyers over HTTP for 20 places exactly 20 book', async () => {
    const eventId = await createEvent(office.url, { capacity: 20 });
    const answers = await rush(200, (buyer) => bookTicket(office.url, { eventId, userId: `buyer-${buyer}` }));
    const booked = answers.filter((answer) => answer.__typename === 'Booking');
    const refused = answers.filter((answer) => answer.__typename === 'BookingRefused');
    expect([booked.length, refused.length]).toEqual([20, 180]);
    expect(new Set(refused.map(({ code, availableCount }) => `${code} ${availableCount}`))).toEqual(
      new Set(['SOLD_OUT 0']),
    );
    expect(await bookedCount(Number(eventId))).toBe(20);
  });

  test('of mixed quantities is served in order of arrival, and only what does not fit is refused', async () => {
    const { id: eventId } = await eventWith(100);
    const quantities = Array.from({ length: 80 }, (_, buyer) => ((buyer * 7) % 10) + 1);
    let available = 100;
    const expected = quantities.map((quantity) => {
      if (quantity > available) return 'SOLD_OUT';
      available -= quantity;
      return 'booked';
    });
    const outcomes = await rush(80, (buyer) =>
      office.container.bookTicket({ eventId, userId: `buyer-${buyer}`, quantity: quantities[buyer] ?? 0 }),
    );
    expect(outcomes.map((outcome) => (outcome.kind === 'booked' ? 'booked' : outcome.code))).toEqual(expected);
    outcomes.forEach((outcome, buyer) => {
      if (outcome.kind === 'refused') expect(outcome.availableCount).toBeLessThan(quantities[buyer] ?? 0);
    });
    expect(await bookedCount(eventId)).toBe(100 - available);
  });

  test('for many events sells them out side by side, each with its own places', async () => {
    const events = await rush(20, () => eventWith(5));
    const outcomes = await rush(400, (buyer) =>
      office.container.bookTicket({ eventId: events[buyer % 20]?.id ?? 0, userId: `buyer-${buyer}` }),
    );
    expect(tally(outcomes)).toEqual({ booked: 100, SOLD_OUT: 300 });
    for (const { id } of events) expect(await bookedCount(id)).toBe(5);
  });

  test('leaves a place that is given back to be booked by somebody else', async () => {
    const { id: eventId } = await eventWith(1);
    const first = bookingOf(await office.container.bookTicket({ eventId, userId: 'first' }));
    expect(tally([await office.container.bookTicket({ eventId, userId: 'second' })])).toEqual({ SOLD_OUT: 1 });
    await office.container.cancelBooking(first.id);
    expect(tally([await office.container.bookTicket({ eventId, userId: 'second' })])).toEqual({ booked: 1 });
  });

  describe('(control)', () => {
    const booked = () => readNumber(office.container.db, 'select booked from control_events');
    const put = (sql: string) => office.container.db.em().execute(sql);
    beforeAll(() => put('create table control_events (capacity integer not null, booked integer not null)'));

    test('that reads first and writes then sells 20 of 5 places', async () => {
      await put('delete from control_events');
      await put('insert into control_events values (5, 0)');
      await everybodyReadsFirst(20, booked, async (seen) => {
        if (seen < 5) await put('update control_events set booked = booked + 1');
      });
      expect(await booked()).toBe(20);
    });

    test('that does the same with the condition in the UPDATE sells 5', async () => {
      await put('delete from control_events');
      await put('insert into control_events values (5, 0)');
      await everybodyReadsFirst(20, booked, async (seen) => {
        if (seen < 5) await put('update control_events set booked = booked + 1 where booked + 1 <= capacity');
      });
      expect(await booked()).toBe(5);
    });
  });
});
