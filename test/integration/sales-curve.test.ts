import type { SqlEntityManager } from '@mikro-orm/sql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bookedUpTo, finalizedUpTo, readWaiting } from '../../src/reports/booked-places.ts';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';
import { eventually } from '../support/eventually.ts';
import { GatedIssuer } from '../support/gated-issuer.ts';
import { graphql, graphqlData } from '../support/graphql-client.ts';
import { bookingOf } from '../support/outcomes.ts';

const T0 = Date.parse('2030-01-01T12:00:00Z');
const WHOLE = { from: null, to: null };
const SECOND = 1_000;

describe.each(['embedded', 'postgresql + redis'] as const)('%s: a sales curve', (setup) => {
  let office: BoxOffice;
  let now = T0;
  beforeAll(async () => {
    office = await openBoxOffice(setup, { overrides: { now: () => new Date(now) } });
  });
  afterAll(() => office.close());

  async function createEvent(): Promise<number> {
    return (await office.container.createEvent({ title: 'Concert', capacity: 1_000 })).id;
  }

  async function book(eventId: number, atMs: number, quantity: number, holdSeconds: number | null = null) {
    now = T0 + atMs;
    return bookingOf(await office.container.bookTicket({ eventId, userId: 'alice', quantity, holdSeconds }));
  }

  function isFinal(eventId: number, places: number): Promise<void> {
    return eventually(async () => {
      const event = await office.container.events.find(eventId);
      expect(event?.finalizedCount).toBe(places);
    });
  }

  test('adds up the bookings that have places, by when they were made, and ends at the numbers of the event', async () => {
    const { salesCurve, cancelBooking } = office.container;
    const eventId = await createEvent();
    await book(await createEvent(), 0, 9);
    expect(await salesCurve(eventId, WHOLE)).toEqual({ eventId, stepMs: 200, points: [] });

    await book(eventId, 0, 1);
    const given = await book(eventId, 10 * SECOND, 5);
    await book(eventId, 60 * SECOND, 2);
    await isFinal(eventId, 8);
    await book(eventId, 120 * SECOND, 4, 600);
    await cancelBooking(given.id);

    const curve = await salesCurve(eventId, WHOLE);
    const points = curve?.points ?? [];
    expect(curve?.stepMs).toBe(501);
    expect(points[0]).toEqual({ at: new Date(T0 - 1), bookingCount: 0, bookedCount: 0, finalizedCount: 0 });
    const seen = points.map((point) => [point.bookingCount, point.bookedCount, point.finalizedCount].join());
    expect([...new Set(seen)]).toEqual(['0,0,0', '1,1,1', '2,3,3', '3,7,3']);
    expect(
      points
        .filter(({ bookedCount }) => bookedCount < 3)
        .at(-1)
        ?.at.getTime(),
    ).toBeLessThan(T0 + 60 * SECOND);
    expect(points.length).toBeLessThanOrEqual(241);

    const event = await office.container.events.find(eventId);
    expect(points.at(-1)).toMatchObject({ bookedCount: event?.bookedCount, finalizedCount: event?.finalizedCount });
  });

  test('of a range is as fine as that, and begins at what was sold before', async () => {
    const eventId = await createEvent();
    await book(eventId, 0, 3);
    await book(eventId, 3_600 * SECOND, 1);
    await book(eventId, 3_601 * SECOND, 1);
    await isFinal(eventId, 5);
    const from = new Date(T0 + 3_599 * SECOND);
    const curve = await office.container.salesCurve(eventId, { from, to: new Date(T0 + 3_603 * SECOND) });
    expect(curve?.stepMs).toBe(200);
    expect(curve?.points.map(({ bookedCount }) => bookedCount)).toEqual([
      ...Array(5).fill(3),
      ...Array(5).fill(4),
      ...Array(11).fill(5),
    ]);
  });

  test('is asked for over GraphQL, also of what there is not', async () => {
    const eventId = await createEvent();
    await book(eventId, 0, 2);
    const query = `query ($id: ID!, $from: DateTime, $to: DateTime) {
      salesCurve(eventId: $id, from: $from, to: $to) { eventId stepMs points { at bookedCount finalizedCount } } }`;
    const { salesCurve } = await graphqlData<{ salesCurve: { points: object[] } }>(office.url, query, { id: eventId });
    expect(salesCurve.points).toMatchObject([
      { at: '2030-01-01T11:59:59.999Z', bookedCount: 0 },
      { at: '2030-01-01T12:00:00.199Z', bookedCount: 2 },
    ]);
    expect(await graphqlData(office.url, query, { id: 2_000_000_000 })).toEqual({ salesCurve: null });
    const backwards = { id: eventId, from: '2030-01-02T00:00:00Z', to: '2030-01-01T00:00:00Z' };
    const { errors } = await graphql(office.url, query, backwards);
    expect(errors).toMatchObject([
      { message: expect.stringContaining('to: must be after from'), extensions: { code: 'BAD_USER_INPUT' } },
    ]);
  });
});

/** On PostgreSQL: SQLite serves one transaction of a process after the other. */
describe('a booking that becomes final while a curve is read', () => {
  const issuer = new GatedIssuer({ closed: true });
  let office: BoxOffice;
  beforeAll(async () => {
    office = await openBoxOffice('postgresql + redis', { overrides: { issuer } });
  });
  afterAll(() => office.close());

  /** As the curve counts, with the booking made final in between. */
  async function countMeanwhile(within: (count: (tx: SqlEntityManager) => Promise<number>) => Promise<number>) {
    const { db, createEvent, bookTicket, bookings } = office.container;
    const { id: eventId } = await createEvent({ title: 'Concert', capacity: 10 });
    const { id, reference } = bookingOf(await bookTicket({ eventId, userId: 'alice', quantity: 2 }));
    return within(async (tx) => {
      const waiting = await readWaiting({ db, tx }, eventId);
      issuer.release(reference);
      await eventually(async () => expect((await bookings.find(id))?.status).toBe('FINALIZED'));
      const moment = Date.now() + 60_000;
      const [final] = await finalizedUpTo({ db, tx }, eventId, [moment]);
      return (bookedUpTo(waiting, [moment])[0]?.places ?? 0) + (final?.places ?? 0);
    });
  }

  test('is counted once', async () => {
    expect(await countMeanwhile((count) => office.container.db.snapshot(count))).toBe(2);
  });

  test('(control) is counted twice when each statement sees another moment', async () => {
    expect(await countMeanwhile((count) => count(office.container.db.em()))).toBe(4);
  });
});
