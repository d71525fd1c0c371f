import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  CLAIM_LEASE_MS,
  claimDue,
  type DueBookings,
  makeAllDue,
  nextDueInMs,
  pendingBacklog,
  readFresh,
  renewClaims,
} from '../../src/finalization/pending-bookings.ts';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';
import { bookingOf, rush } from '../support/outcomes.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

describe.each(['embedded', 'postgresql + redis'] as const)('%s: a PENDING booking', (setup) => {
  let office: BoxOffice;
  let eventId: number;
  let ids: number[];
  beforeAll(async () => {
    office = await openBoxOffice(setup, { worker: false });
    vi.spyOn(office.container.services.queue, 'enqueue').mockResolvedValue();
    ({ id: eventId } = await office.container.createEvent({ title: 'Concert', capacity: 1_000 }));
  });
  afterAll(() => office.close());
  beforeEach(async () => {
    const { items } = await office.container.bookings.page({ status: 'PENDING' }, { size: 100, before: null });
    for (const { id } of items) await office.container.cancelBooking(id);
    const made = await rush(10, async () =>
      bookingOf(await office.container.bookTicket({ eventId, userId: 'alice', quantity: 2 })),
    );
    ids = made.map(({ id }) => id).toSorted((a, b) => a - b);
  });

  const claim = async (more: Partial<DueBookings> = {}) =>
    (await claimDue(office.container.db, { after: 0, limit: 100, ageMs: 0, except: [], ...more })).map(
      ({ bookingId }) => bookingId,
    );
  /** Sets a time of some bookings to so many milliseconds from the database's own now. */
  async function setTime(column: 'created_at' | 'due_at', some: readonly number[], ms: number): Promise<void> {
    const sqlite = office.container.db.kind === 'sqlite';
    const time = sqlite ? `unixepoch('subsec') * 1000 + ${ms}` : `now() + ${ms} * interval '1 millisecond'`;
    await office.container.db.em().execute(`update bookings set ${column} = ${time} where id in (${some.join(', ')})`);
  }

  test('is claimed with all that its finalization needs, once, until its lease ends', async () => {
    const [first, ...others] = await claimDue(office.container.db, { after: 0, limit: 100, ageMs: 0, except: [] });
    const { reference } = (await office.container.bookings.find(ids[0] ?? 0)) ?? {};
    expect(first).toEqual({ bookingId: ids[0], eventId, reference, quantity: 2, attempts: 0 });
    expect([first, ...others].map((booking) => booking?.bookingId)).toEqual(ids);
    expect(await claim()).toEqual([]);
    await setTime('due_at', ids.slice(3, 5), -1);
    expect(await claim()).toEqual(ids.slice(3, 5));
    expect(await claim()).toEqual([]);
  });

  test('is counted, claimed or not, with the age of the oldest by the database’s clock', async () => {
    await setTime('created_at', ids.slice(4, 5), -HOUR_MS);
    await claim({ limit: 5 });
    const { bookings, oldestAgeMs } = await pendingBacklog(office.container.db);
    expect(bookings).toBe(ids.length);
    expect(oldestAgeMs).toBeGreaterThanOrEqual(HOUR_MS);
    expect(oldestAgeMs).toBeLessThan(HOUR_MS + MINUTE_MS);
    for (const id of ids) await office.container.cancelBooking(id);
    expect(await pendingBacklog(office.container.db)).toEqual({
      bookings: 0,
      oldestSince: null,
      oldestAgeMs: 0,
    });
  });

  test('is claimed in the order of the ids, as many as there is room for, from where one was', async () => {
    expect(await claim({ limit: 3 })).toEqual(ids.slice(0, 3));
    expect(await claim({ limit: 3, after: ids[4] ?? 0 })).toEqual(ids.slice(5, 8));
    expect(await claim({ except: [ids[3], ids[9]] as number[] })).toEqual([ids[4], ids[8]]);
  });

  test('is not claimed before its age, as its job is on the way', async () => {
    await setTime('created_at', ids.slice(0, 2), -2 * MINUTE_MS);
    expect(await claim({ ageMs: MINUTE_MS })).toEqual(ids.slice(0, 2));
  });

  test('is claimed at once when its age says nothing: its clock, or ours, is an hour wrong', async () => {
    await setTime('created_at', ids.slice(0, 2), HOUR_MS);
    await setTime('created_at', ids.slice(2, 3), -HOUR_MS);
    expect(await claim({ ageMs: MINUTE_MS })).toEqual(ids.slice(0, 3));
  });

  test('that waits for its next try is claimed when that is due, whatever its age, and not before', async () => {
    await setTime('created_at', ids, -HOUR_MS);
    await setTime('due_at', ids, 20_000);
    await setTime('due_at', ids.slice(4, 6), -1);
    expect(await claim()).toEqual(ids.slice(4, 6));
  });

  test('that shall wait longer than anything does is claimed at once: a clock was wrong', async () => {
    await setTime('due_at', ids, 20_000);
    await setTime('due_at', ids.slice(0, 1), HOUR_MS);
    expect(await claim()).toEqual(ids.slice(0, 1));
  });

  test('is kept by whoever renews the claim, for a lease from then on; a final one is not touched', async () => {
    const { container } = office;
    await claim();
    await setTime('due_at', ids, 1_000);
    await container.cancelBooking(ids[9] ?? 0);
    await renewClaims(container.db, ids.slice(5));
    const dueInMs = async (some: readonly number[]) => {
      const rows = await container.db
        .em()
        .execute<{ due_at: Date | number }[]>(`select due_at from bookings where id in (${some.join(', ')})`);
      return rows.map((row) => new Date(row.due_at).getTime() - Date.now());
    };
    for (const ms of await dueInMs(ids.slice(5, 9))) expect(ms).toBeGreaterThan(CLAIM_LEASE_MS / 2);
    for (const ms of await dueInMs([...ids.slice(0, 5), ids[9] ?? 0])) expect(ms).toBeLessThanOrEqual(1_000);
  });

  test('says when the next one is due', async () => {
    const { db } = office.container;
    expect(await nextDueInMs(db)).toBeNull();
    await setTime('due_at', ids, 20_000);
    await setTime('due_at', ids.slice(4, 5), 7_000);
    await setTime('due_at', ids.slice(5, 6), -1);
    // It came due after the last claim, and before this question: nobody may sleep over it.
    expect(await nextDueInMs(db)).toBeLessThanOrEqual(0);
    await setTime('due_at', ids.slice(5, 6), 20_000);
    const nextInMs = await nextDueInMs(db);
    expect(nextInMs).toBeGreaterThan(2_000);
    expect(nextInMs).toBeLessThanOrEqual(7_000);
  });

  test('is no longer the queue’s once it was claimed, and never that of another reference', async () => {
    const { db } = office.container;
    const jobs = await Promise.all(
      ids.slice(0, 3).map(async (bookingId) => {
        const booking = await office.container.bookings.find(bookingId);
        return { bookingId, reference: booking?.reference ?? '' };
      }),
    );
    await claim({ limit: 1 });
    await office.container.cancelBooking(ids[1] ?? 0);
    const foreign = { bookingId: ids[2] ?? 0, reference: 'THEIRREFERENCE00' };
    const found = await readFresh(db, [...jobs, foreign, { bookingId: 999_999, reference: 'GHOST' }]);
    expect(found.map((booking) => booking?.bookingId ?? null)).toEqual([null, null, ids[2], null, null]);
  });

  test('is made due by hand, however many there are and whoever has claimed them', async () => {
    const { db } = office.container;
    await claim({ limit: 5 });
    await office.container.cancelBooking(ids[9] ?? 0);
    expect(await makeAllDue(db)).toBe(9);
    expect(await claim({ ageMs: HOUR_MS })).toEqual(ids.slice(0, 9));
  });
});
