import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GroupRefused, writeGroup } from '../../src/bookings/group-store.ts';
import { offerFreePlaces } from '../../src/bookings/offers/offer-free-places.ts';
import type { EntryNow } from '../../src/bookings/offers/waiting-list-queries.ts';
import { newTicketOrder } from '../../src/bookings/ticket-order.ts';
import type { Container } from '../../src/container.ts';
import { availableCount, type Event } from '../../src/events/event.entity.ts';
import {
  type BoxOffice,
  openAnotherProcess,
  openBoxOffice,
  openTwoProcesses,
  type TwoProcesses,
} from '../support/box-office.ts';
import { eventually } from '../support/eventually.ts';
import { hold, letEnd } from '../support/holds.ts';
import { untold } from '../support/offers.ts';
import { rush, tally } from '../support/outcomes.ts';
import { SETUPS } from '../support/setups.ts';
import { join, joinMany, statusesOfAll } from '../support/waiting-list.ts';

/** What stops a transaction right before its commit. */
class Gate {
  readonly #reached = Promise.withResolvers<void>();
  readonly #opened = Promise.withResolvers<void>();
  #point: string | null = null;

  readonly failpoint = async (point: string) => {
    if (point !== this.#point) return;
    this.#point = null;
    this.#reached.resolve();
    await this.#opened.promise;
  };

  stopAt(point: string): void {
    this.#point = point;
  }

  get reached(): Promise<void> {
    return this.#reached.promise;
  }

  open(): void {
    this.#opened.resolve();
  }
}

const order = { userId: 'buyer', quantity: 1, holderName: null, email: null, holdSeconds: null, idempotencyKey: null };
const statusesOf = async (box: Container, entries: readonly EntryNow[]) =>
  (await Promise.all(entries.map(({ id }) => box.waitingList.find(id)))).map((entry) => entry?.status);
const eventOf = async (box: Container, id: number) => (await box.events.find(id)) as Event;
const places = async (box: Container, id: number) => {
  const { bookedCount, heldCount, offersOwed } = await eventOf(box, id);
  return { bookedCount, heldCount, offersOwed };
};

describe.each(SETUPS)('%s: two processes, each an API and a worker,', (setup) => {
  let processes: TwoProcesses;
  let box: Container;
  beforeAll(async () => {
    processes = await openTwoProcesses(setup);
    box = processes.office.container;
  });
  afterAll(() => processes.close());
  const at = (n: number) => processes.at(n);

  test('give back places while others join, leave and book: the first get them, nobody else sees or books one', async () => {
    const [capacity, waiting] = [20, 40];
    const { id: eventId } = await box.createEvent({ title: 'Concert', capacity });
    const holds = await rush(capacity, () => hold(box, eventId));
    const entries: EntryNow[] = [];
    for (let n = 0; n < waiting; n++) entries.push(await join(at(n), eventId, `waiting-${n}`));
    let seenAsFree = 0;
    const reading = new AbortController();
    const reader = (async () => {
      for (let n = 0; !reading.signal.aborted; n++) {
        if (availableCount(await eventOf(at(n), eventId)) > 0) seenAsFree++;
        await pause(2);
      }
    })();
    const ending = holds.slice(15).map(({ id }) => id);
    const [booked] = await Promise.all([
      rush(30, async (n) => {
        await pause(n % 20);
        return at(n).bookTicket({ eventId, userId: 'buyer' });
      }),
      rush(15, (n) => at(n).cancelBooking(holds[n]?.id ?? 0)),
      rush(10, (n) => at(n).leaveWaitingList(entries[2 * n]?.id ?? 0)),
      rush(20, (n) => join(at(n), eventId, `late-${n}`)),
      letEnd(box.db, 2, `id in (${ending})`),
    ]).finally(() => reading.abort());
    await eventually(async () => {
      for (const { id } of holds) expect((await box.bookings.find(id))?.status).toMatch(/CANCELLED|EXPIRED/);
    });
    await reader;
    expect([tally(booked), seenAsFree]).toEqual([{ SOLD_OUT: 30 }, 0]);
    expect(await places(box, eventId)).toEqual({ bookedCount: capacity, heldCount: capacity, offersOwed: false });
    const statuses = await statusesOf(box, entries);
    expect(statuses.filter((status) => status === 'OFFERED')).toHaveLength(capacity);
    expect(statuses.join(' ')).toMatch(/^((OFFERED|LEFT) ?)+(WAITING ?)+$/);
  });

  test('give back the only place while somebody joins and somebody books: one gets it, and nobody waits beside a free place', async () => {
    const ends: Record<string, number> = {};
    for (let round = 0; round < 20; round++) {
      const { id: eventId } = await box.createEvent({ title: 'Concert', capacity: 1 });
      const held = await hold(box, eventId);
      const [joined, booked] = await Promise.all([
        pause(round % 4).then(() => at(1).joinWaitingList({ eventId, userId: 'waiting' })),
        pause(round % 3).then(() => at(round).bookTicket({ eventId, userId: 'buyer' })),
        at(0).cancelBooking(held.id),
      ]);
      const end = await eventually(async () => {
        const { bookedCount } = await eventOf(box, eventId);
        const status = joined.kind === 'waiting' ? (await box.waitingList.find(joined.entry.id))?.status : joined.code;
        const isBooked = booked.kind === 'booked';
        expect(['OFFERED', 'PLACES_AVAILABLE', isBooked ? 'WAITING' : 'OFFERED']).toContain(status);
        expect([bookedCount, isBooked && status === 'OFFERED']).toEqual([
          isBooked || status === 'OFFERED' ? 1 : 0,
          false,
        ]);
        return isBooked ? 'booked' : (status as string);
      });
      ends[end] = (ends[end] ?? 0) + 1;
    }
    expect(Object.values(ends).reduce((sum, count) => sum + count, 0)).toBe(20);
  });

  test('offer 1,200 places that come back at once, in groups, while nobody else gets one', async () => {
    const { id: eventId } = await box.createEvent({ title: 'Concert', capacity: 1 });
    await hold(box, eventId);
    await joinMany(box, eventId, 1_300);
    await box.updateEvent(eventId, 1, { capacity: 1_201 });
    const booked: Awaited<ReturnType<Container['bookTicket']>>[] = [];
    await eventually(async () => {
      booked.push(await at(booked.length).bookTicket({ eventId, userId: 'buyer' }));
      expect(await places(box, eventId)).toEqual({ bookedCount: 1_201, heldCount: 1_201, offersOwed: false });
    });
    expect(tally(booked)).toEqual({ SOLD_OUT: booked.length });
    expect(await statusesOfAll(box, eventId)).toEqual([
      ['OFFERED', 1_200],
      ['WAITING', 100],
    ]);
  });
});

describe.each(SETUPS)('%s: with all workers stopped', (setup) => {
  let office: BoxOffice;
  let box: Container;
  /** Where there can be two, another process. */
  let other: Container;
  beforeAll(async () => {
    office = await openBoxOffice(setup, { worker: false });
    box = office.container;
    other = setup === 'embedded' ? box : await openAnotherProcess(office);
  });
  afterAll(async () => {
    if (other !== box) await other.close();
    await office.close();
  });
  const order = {
    userId: 'buyer',
    quantity: 1,
    holderName: null,
    email: null,
    holdSeconds: null,
    idempotencyKey: null,
  };

  test('whoever waits has the place when its cancellation, its end or its failure is answered', async () => {
    const { id: eventId } = await box.createEvent({ title: 'Concert', capacity: 2 });
    const [held, over] = [await hold(box, eventId), await hold(box, eventId)];
    const entries = [await join(other, eventId, 'a'), await join(other, eventId, 'b')];
    await box.cancelBooking(held.id);
    expect(await statusesOf(other, entries)).toEqual(['OFFERED', 'WAITING']);
    await letEnd(box.db, -1, `id = ${over.id}`);
    expect(await box.confirmBooking(over.id, {})).toMatchObject({ code: 'HOLD_EXPIRED' });
    expect(await statusesOf(other, entries)).toEqual(['OFFERED', 'OFFERED']);
  });

  test('what is more than one transaction may offer is nobody else’s until it is offered, group by group', async () => {
    const { id: eventId } = await box.createEvent({ title: 'Concert', capacity: 1 });
    const held = await hold(box, eventId);
    await joinMany(box, eventId, 700);
    await box.updateEvent(eventId, 1, { capacity: 701 });
    const event = await eventOf(other, eventId);
    expect([event.bookedCount, event.offersOwed, availableCount(event)]).toEqual([501, true, 0]);
    const orders = [newTicketOrder({ ...order, eventId })];
    await expect(writeGroup(box.db, eventId, orders, new Date())).rejects.toBeInstanceOf(GroupRefused);
    expect(await other.bookTicket({ ...order, eventId })).toMatchObject({ code: 'SOLD_OUT', availableCount: 0 });
    expect(await statusesOfAll(box, eventId)).toEqual([['OFFERED', 700]]);
    await box.cancelBooking(held.id);
    expect(tally([await other.bookTicket({ ...order, eventId })])).toEqual({ booked: 1 });
  });
});

/** SQLite has one writer: there nobody joins or leaves in the middle of a transaction. */
describe('postgresql + redis: with all workers stopped', () => {
  const gate = new Gate();
  let office: BoxOffice;
  let box: Container;
  let other: Container;
  beforeAll(async () => {
    office = await openBoxOffice('postgresql + redis', { worker: false, overrides: { failpoints: gate.failpoint } });
    box = office.container;
    other = await openAnotherProcess(office);
  });
  afterAll(async () => {
    await other.close();
    await office.close();
  });

  test('a place given back by who could not see somebody joining is theirs, and not the next buyer’s', async () => {
    const { id: eventId } = await box.createEvent({ title: 'Concert', capacity: 1 });
    const held = await hold(box, eventId);
    gate.stopAt('CANCELLED:before-commit');
    const cancelling = box.cancelBooking(held.id);
    await gate.reached;
    const entry = await join(other, eventId, 'waiting');
    expect(entry.status).toBe('WAITING');
    gate.open();
    await cancelling;
    // (control) The place is free as far as its counter tells.
    const free = `select id from events where id = ${eventId} and booked_count + 1 <= capacity and not offers_owed`;
    expect(await box.db.em().execute<object[]>(free)).toHaveLength(1);
    const orders = [newTicketOrder({ ...order, eventId })];
    await expect(writeGroup(box.db, eventId, orders, new Date())).rejects.toBeInstanceOf(GroupRefused);
    expect(await other.bookTicket({ ...order, eventId })).toMatchObject({ code: 'SOLD_OUT', availableCount: 0 });
    expect(await statusesOf(box, [entry])).toEqual(['OFFERED']);
    expect(await places(box, eventId)).toEqual({ bookedCount: 1, heldCount: 1, offersOwed: false });
  });

  test('whoever leaves while a place is being offered to them has it no more, and it goes to the next', async () => {
    const { id: eventId } = await box.createEvent({ title: 'Concert', capacity: 1 });
    await hold(box, eventId);
    const [leaving, next] = [await join(box, eventId, 'leaving'), await join(box, eventId, 'next')];
    await box.db.em().execute(`update events set capacity = 2 where id = ${eventId}`);
    const orderedByIndex: typeof box.db.orderedByIndex = async (statement, tx) => {
      const rows = await box.db.orderedByIndex(statement, tx);
      if (tx) expect(await other.leaveWaitingList(leaving.id)).toMatchObject({ status: 'LEFT' });
      return rows;
    };
    expect(await offerFreePlaces(untold({ ...box.db, orderedByIndex }), eventId, new Date())).toBe(true);
    expect(await statusesOf(box, [leaving, next])).toEqual(['LEFT', 'WAITING']);
    expect(await other.bookTicket({ ...order, eventId })).toMatchObject({ code: 'SOLD_OUT', availableCount: 0 });
    expect(await statusesOf(box, [leaving, next])).toEqual(['LEFT', 'OFFERED']);
  });
});
