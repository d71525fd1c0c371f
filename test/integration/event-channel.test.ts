import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Booking } from '../../src/bookings/booking.entity.ts';
import { EventChannel } from '../../src/bookings/live/event-channel.ts';
import { RecentBookingsReader } from '../../src/bookings/live/recent-bookings.ts';
import { RepeatedTrouble } from '../../src/platform/repeated-trouble.ts';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';
import { eventually } from '../support/eventually.ts';
import { bookingOf } from '../support/outcomes.ts';

/** Every order of the numbers below `count`. */
function orders(count: number): number[][] {
  if (count === 0) return [[]];
  return orders(count - 1).flatMap((order) =>
    Array.from({ length: count }, (_, at) => [...order.slice(0, at), count - 1, ...order.slice(at)]),
  );
}

describe.each(['embedded', 'postgresql + redis'] as const)('%s: a dashboard', (setup) => {
  let office: BoxOffice;
  let eventId: number;
  let channel: EventChannel;
  beforeAll(async () => {
    office = await openBoxOffice(setup, { worker: false });
    vi.spyOn(office.container.services.queue, 'enqueue').mockResolvedValue();
  });
  afterAll(() => office.close());
  beforeEach(async () => {
    ({ channel, eventId } = await open());
  });
  const leaving: (() => void)[] = [];
  afterEach(() => {
    for (const leave of leaving.splice(0)) leave();
  });

  async function open(): Promise<{ channel: EventChannel; eventId: number }> {
    const { id } = await office.container.createEvent({ title: 'Concert', capacity: 1_000 });
    return {
      channel: new EventChannel(id, office.container.db, new RepeatedTrouble(office.container.log)),
      eventId: id,
    };
  }
  const book = async (ofEvent = eventId) =>
    bookingOf(await office.container.bookTicket({ eventId: ofEvent, userId: 'alice', quantity: 1 })).id;
  const cancel = (id: number) => office.container.cancelBooking(id);

  /** @returns what the watcher is shown, as `id status` */
  async function watch(of = channel) {
    const seen: string[] = [];
    const show = ({ id, status }: Booking) => void seen.push(`${id} ${status}`);
    const leave = of.watchAllBookings(show);
    leaving.push(leave);
    await of.thereBefore(show);
    return { seen, leave };
  }
  const pending = (ids: readonly number[]) => ids.map((id) => `${id} PENDING`);
  /** Resolves when all that was hinted at before has been read. */
  async function read(watcher: { seen: string[] }, of = { channel, eventId }): Promise<void> {
    const last = await book(of.eventId);
    of.channel.hint({ ids: [last] });
    await eventually(() => expect(watcher.seen).toContain(`${last} PENDING`));
    watcher.seen.splice(watcher.seen.indexOf(`${last} PENDING`), 1);
  }

  test('is shown each booking once, whichever of three hints are lost and in whatever order the others come', async () => {
    const tryOne = async (order: readonly number[], lost: number) => {
      const opened = await open();
      const watcher = await watch(opened.channel);
      // The ids of one event do not follow each other: others book as well.
      const made: number[] = [];
      for (let n = 0; n < order.length; n++) made.push(await book(opened.eventId));
      for (const n of order) {
        const id = made[n] as number;
        if (lost & (2 ** n)) continue;
        opened.channel.hint({ ids: [id] });
        await eventually(() => expect(watcher.seen).toContain(`${id} PENDING`));
      }
      opened.channel.recheck();
      await eventually(() => expect(watcher.seen).toHaveLength(made.length));
      opened.channel.recheck();
      await read(watcher, opened);
      expect(watcher.seen.toSorted()).toEqual(pending(made).toSorted());
    };
    const all = orders(3).flatMap((order) => Array.from({ length: 8 }, (_, lost) => tryOne(order, lost)));
    expect(await Promise.all(all)).toHaveLength(48);
  });

  test('is shown a change whose hint was lost', async () => {
    const before = await book();
    const watcher = await watch();
    const made = await book();
    channel.hint({ ids: [made] });
    await eventually(() => expect(watcher.seen).toEqual(pending([made])));
    for (const id of [before, made]) await cancel(id);
    channel.recheck();
    await eventually(() => expect(watcher.seen).toHaveLength(3));
    expect(watcher.seen.slice(1).toSorted()).toEqual([`${before} CANCELLED`, `${made} CANCELLED`].toSorted());
  });

  test('is shown nothing twice, however often it is hinted at and looked for, also when it is final', async () => {
    const watcher = await watch();
    const id = await book();
    for (let time = 0; time < 3; time++) {
      channel.hint({ ids: [id, id] });
      channel.recheck();
      await read(watcher);
    }
    expect(watcher.seen).toEqual(pending([id]));
    await cancel(id);
    for (let time = 0; time < 3; time++) {
      channel.hint({ ids: [id, id] });
      channel.recheck();
      await read(watcher);
    }
    expect(watcher.seen).toEqual([`${id} PENDING`, `${id} CANCELLED`]);
  });

  test('is not shown what was there before it, however often that is looked for, unless it changes', async () => {
    const [first, second] = [await book(), await book()];
    await cancel(second);
    const leaveBooking = channel.watchBooking(first, () => undefined);
    leaving.push(leaveBooking);
    const watcher = await watch();
    for (let time = 0; time < 3; time++) {
      channel.recheck();
      await read(watcher);
    }
    expect(watcher.seen).toEqual([]);
    channel.hint({ ids: [first] });
    await eventually(() => expect(watcher.seen).toEqual(pending([first])));
  });

  test('that comes during a gap is shown nothing of it, and the one before it all of it', async () => {
    const early = await watch();
    const [lost, changing] = [await book(), await book()];
    channel.hint({ ids: [changing] });
    await eventually(() => expect(early.seen).toEqual(pending([changing])));
    await cancel(changing);
    const late = await watch();
    const after = await book();
    channel.recheck();
    const expected = [...pending([changing, lost, after]), `${changing} CANCELLED`];
    await eventually(() => expect(early.seen.toSorted()).toEqual(expected.toSorted()));
    expect(late.seen).toEqual(pending([after]));
  });

  test('is shown what was missed while it came, which nobody is shown before it is here', async () => {
    const early = await watch();
    const [seen, here] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const takeIn = RecentBookingsReader.prototype.read;
    vi.spyOn(RecentBookingsReader.prototype, 'read').mockImplementationOnce(async function (
      this: RecentBookingsReader,
    ) {
      const recent = await takeIn.call(this);
      seen.resolve();
      await here.promise;
      return recent;
    });
    const coming = watch();
    await seen.promise;
    const missed = await book();
    channel.recheck();
    await read(early);
    here.resolve();
    const late = await coming;
    channel.recheck();
    await eventually(() => expect(early.seen).toEqual(pending([missed])));
    await eventually(() => expect(late.seen).toContain(`${missed} PENDING`));
  });

  test('of the numbers is shown a change whose hint was lost, when everything is read again', async () => {
    const seen: number[] = [];
    leaving.push(channel.watchStats(({ bookedCount }) => void seen.push(bookedCount)));
    await book();
    channel.recheck();
    await eventually(() => expect(seen).toEqual([1]));
  });

  test('is one of many who come at once, and all of them cost two reads', async () => {
    await book();
    const reads = vi.spyOn(office.container.db, 'em');
    const watchers = await Promise.all(Array.from({ length: 50 }, () => watch()));
    expect(reads.mock.calls.length).toBeLessThanOrEqual(2);
    reads.mockRestore();
    const made = await book();
    channel.hint({ ids: [made] });
    await eventually(() => expect(watchers.map(({ seen }) => seen)).toEqual(watchers.map(() => pending([made]))));
  });

  test('costs no memory when it has left, though others watch a booking of the event', async () => {
    const before = await book();
    const [one, other] = [await watch(), await watch()];
    leaving.push(channel.watchBooking(before, () => undefined));
    const made = await book();
    channel.hint({ ids: [made] });
    await eventually(() => expect(other.seen).toEqual(pending([made])));
    expect(channel.remembered).toBe(2);
    one.leave();
    expect(channel.remembered).toBe(2);
    other.leave();
    expect(channel.remembered).toBe(0);
  });
});

describe('postgresql: a dashboard', () => {
  test('is shown a booking that is committed after one with a higher id, though its hint is lost', async () => {
    const office = await openBoxOffice('postgresql + redis', { worker: false });
    try {
      const { db, log } = office.container;
      vi.spyOn(office.container.services.queue, 'enqueue').mockResolvedValue();
      const { id: eventId } = await office.container.createEvent({ title: 'Concert', capacity: 10 });
      const channel = new EventChannel(eventId, db, new RepeatedTrouble(log));
      const seen: number[] = [];
      const show = ({ id }: Booking) => void seen.push(id);
      let low = 0;
      let high = 0;
      await db.transaction('late', async (tx) => {
        const inserted = await tx.execute<{ id: number }[]>(
          `insert into bookings (reference, event_id, user_id, quantity, status, fingerprint, version, created_at, updated_at)
           values ('late', ${eventId}, 'bob', 1, 'PENDING', '', 1, now(), now()) returning id`,
        );
        low = inserted[0]?.id ?? 0;
        ({ id: high } = bookingOf(await office.container.bookTicket({ eventId, userId: 'alice' })));
        channel.watchAllBookings(show);
        await channel.thereBefore(show);
        ({ id: high } = bookingOf(await office.container.bookTicket({ eventId, userId: 'alice' })));
        channel.hint({ ids: [high] });
        channel.recheck();
        await eventually(() => expect(seen).toEqual([high]));
        await tx.execute('update events set booked_count = booked_count + 1 where id = ?', [eventId]);
      });
      expect(low).toBeLessThan(high);
      // A look that began before the commit may still be under way, and then a check does not begin another.
      await eventually(() => {
        channel.recheck();
        expect(seen).toEqual([high, low]);
      });
    } finally {
      await office.close();
    }
  });
});
