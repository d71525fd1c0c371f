import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { eventTopic } from '../../src/bookings/live/update-hints.ts';
import { EventSchema } from '../../src/events/event.entity.ts';
import { book } from '../support/booking-watch.ts';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';
import { eventually } from '../support/eventually.ts';
import { GatedIssuer } from '../support/gated-issuer.ts';
import { createEvent, graphqlData } from '../support/graphql-client.ts';
import { SETUPS } from '../support/setups.ts';
import { openSubscriber } from '../support/subscriber.ts';

const STATS_FIELDS = 'eventId capacity bookedCount availableCount pendingCount finalizedCount version';
const WATCH_STATS = `subscription ($id: ID!) { eventStatsChanged(eventId: $id) { ${STATS_FIELDS} } }`;
const WATCH_BOOKINGS = 'subscription ($id: ID!) { eventBookingsChanged(eventId: $id) { id status version } }';
const TICK_MS = 200;

interface Stats {
  readonly eventStatsChanged: {
    readonly bookedCount: number;
    readonly pendingCount: number;
    readonly finalizedCount: number;
    readonly version: number;
  };
}
interface Changed {
  readonly eventBookingsChanged: { readonly id: string; readonly status: string; readonly version: number };
}

describe.each(SETUPS)('%s: a watcher of an event', (setup) => {
  const issuer = new GatedIssuer({ closed: true });
  let office: BoxOffice;
  beforeAll(async () => {
    office = await openBoxOffice(setup, { overrides: { issuer } });
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });
  afterAll(() => {
    issuer.open();
    return office.close();
  });

  async function statsOf(id: string): Promise<Stats['eventStatsChanged']> {
    const query = `query ($id: ID!) { eventStats(eventId: $id) { ${STATS_FIELDS} } }`;
    return (await graphqlData<{ eventStats: Stats['eventStatsChanged'] }>(office.url, query, { id })).eventStats;
  }

  const bookMany = (eventId: string, count: number) =>
    Promise.all(Array.from({ length: count }, (_, i) => book(office, { eventId, userId: `user-${i}` })));

  /** Resolves when LiveUpdates, which listened earlier, has been told as well. */
  async function hintArrives(eventId: string): Promise<void> {
    const { pubsub } = office.container.services;
    const { promise, resolve } = Promise.withResolvers<void>();
    const end = await pubsub.subscribe(eventTopic(Number(eventId)), () => resolve());
    await pubsub.publish(eventTopic(Number(eventId)), { ids: [] });
    await promise;
    end();
  }

  test('sees the present numbers first, then ever newer ones, and at last the final ones', async () => {
    const eventId = await createEvent(office.url, { capacity: 100 });
    await bookMany(eventId, 3);
    const watch = openSubscriber(office.websocketUrl).subscribe<Stats>(WATCH_STATS, { id: eventId });
    expect((await watch.next()).eventStatsChanged).toEqual(await statsOf(eventId));

    const bookings = await bookMany(eventId, 20);
    for (const { reference } of bookings) issuer.release(reference);
    const seen = await watch.until((value) => value.eventStatsChanged.finalizedCount === 20);
    const versions = seen.map((value) => value.eventStatsChanged.version);
    expect(versions).toEqual([...new Set(versions)].sort((a, b) => a - b));
    expect(seen.at(-1)?.eventStatsChanged).toEqual(await statsOf(eventId));
    expect(seen.at(-1)?.eventStatsChanged).toMatchObject({ bookedCount: 23, pendingCount: 3, finalizedCount: 20 });
    for (const { eventStatsChanged: stats } of seen) {
      expect(stats.pendingCount + stats.finalizedCount).toBe(stats.bookedCount);
    }
  });

  /** From now on. */
  function countReadsOfEvents(): { readonly count: number } {
    const { db } = office.container;
    const em = db.em.bind(db);
    const reads = { count: 0 };
    vi.spyOn(db, 'em').mockImplementation(() => {
      const manager = em();
      const findOne = manager.findOne.bind(manager) as (...args: unknown[]) => Promise<unknown>;
      return Object.assign(manager, {
        findOne: (...args: unknown[]) => {
          if (args[0] === EventSchema) reads.count++;
          return findOne(...args);
        },
      });
    });
    return reads;
  }

  test('sees no numbers twice, also when there is a hint and nothing has changed', async () => {
    const eventId = await createEvent(office.url, { capacity: 100 });
    const watch = openSubscriber(office.websocketUrl).subscribe<Stats>(WATCH_STATS, { id: eventId });
    expect((await watch.next()).eventStatsChanged.bookedCount).toBe(0);
    const reads = countReadsOfEvents();
    await hintArrives(eventId);
    await eventually(() => reads.count > 0);
    await book(office, { eventId });
    expect((await watch.next()).eventStatsChanged.bookedCount).toBe(1);
  });

  test('is one of many who together cost one read a tick, and each gets at most five updates a second', async () => {
    const eventId = await createEvent(office.url, { capacity: 1_000 });
    const watches = Array.from({ length: 3 }, () => openSubscriber(office.websocketUrl)).flatMap((subscriber) =>
      Array.from({ length: 10 }, () => subscriber.subscribe<Stats>(WATCH_STATS, { id: eventId })),
    );
    for (const watch of watches) await watch.next();

    const { db } = office.container;
    const reads = countReadsOfEvents();
    // Changes from elsewhere: the desk of this process would read the event as well.
    const begin = performance.now();
    for (let change = 1; change <= 50; change++) {
      await db.transaction('elsewhere', (tx) =>
        tx.nativeUpdate(EventSchema, { id: Number(eventId) }, { version: change }).then(() => undefined),
      );
      await office.container.services.pubsub.publish(eventTopic(Number(eventId)), { ids: [] });
    }
    const seen = await Promise.all(
      watches.map((watch) => watch.until((value) => value.eventStatsChanged.version === 50)),
    );
    const ticks = Math.ceil((performance.now() - begin) / TICK_MS) + 1;
    expect(reads.count).toBeGreaterThan(0);
    expect(reads.count).toBeLessThanOrEqual(ticks);
    for (const values of seen) expect(values.length).toBeLessThanOrEqual(ticks);
  });

  test('still sees changes when the watcher before it left in the middle of a tick', async () => {
    const eventId = await createEvent(office.url, { capacity: 100 });
    const held = await book(office, { eventId });
    // Somebody who watches a booking keeps the channel of the event open all the time.
    const keeper = await office.container.liveUpdates.bookingStatus(Number(held.id));
    const first = await office.container.liveUpdates.eventStats(Number(eventId));
    await first.next();
    try {
      await book(office, { eventId });
      await first.next();
      await hintArrives(eventId);
      await first.return();

      const second = openSubscriber(office.websocketUrl).subscribe<Stats>(WATCH_STATS, { id: eventId });
      expect((await second.next()).eventStatsChanged.bookedCount).toBe(2);
      await book(office, { eventId });
      expect((await second.next()).eventStatsChanged.bookedCount).toBe(3);
    } finally {
      await keeper.return();
    }
  });

  test('of its bookings sees every one that is made or changes from then on, and none from before', async () => {
    const eventId = await createEvent(office.url, { capacity: 100 });
    const other = await createEvent(office.url, { capacity: 100 });
    const [before, changing] = await bookMany(eventId, 2);
    const subscribed = vi.spyOn(office.container.services.pubsub, 'subscribe');
    const watch = openSubscriber(office.websocketUrl).subscribe<Changed>(WATCH_BOOKINGS, { id: eventId });
    await eventually(() => subscribed.mock.results.length > 0);
    await subscribed.mock.results[0]?.value;

    const made = await bookMany(eventId, 20);
    await book(office, { eventId: other });
    issuer.release(changing?.reference ?? '');
    const wanted = new Set([...made.map(({ id }) => `${id} PENDING`), `${changing?.id} FINALIZED`]);
    const seen = new Set<string>();
    while (seen.size < wanted.size) {
      const { id, status } = (await watch.next()).eventBookingsChanged;
      seen.add(`${id} ${status}`);
    }
    expect(seen).toEqual(wanted);
    for (const { reference } of made) issuer.release(reference);
    const final = new Set<string>();
    while (final.size < made.length) {
      const { id, status } = (await watch.next()).eventBookingsChanged;
      expect(status).toBe('FINALIZED');
      final.add(id);
    }
    expect(final).toEqual(new Set(made.map(({ id }) => id)));
    expect([...final]).not.toContain(before?.id);
  });

  test('of its bookings sees the event with each of them as it is then, not as it was with the first', async () => {
    const eventId = await createEvent(office.url, { capacity: 100 });
    type WithEvent = { eventBookingsChanged: { id: string; event: { bookedCount: number } } };
    const query = 'subscription ($id: ID!) { eventBookingsChanged(eventId: $id) { id event { bookedCount } } }';
    const subscribed = vi.spyOn(office.container.services.pubsub, 'subscribe');
    const watch = openSubscriber(office.websocketUrl).subscribe<WithEvent>(query, { id: eventId });
    await eventually(() => subscribed.mock.results.length > 0);
    await subscribed.mock.results[0]?.value;
    for (let count = 1; count <= 3; count++) {
      const { id, reference } = await book(office, { eventId });
      expect((await watch.next()).eventBookingsChanged).toEqual({ id, event: { bookedCount: count } });
      issuer.release(reference);
      expect((await watch.next()).eventBookingsChanged).toEqual({ id, event: { bookedCount: count } });
    }
  });

  test('of an event that nobody made is told NOT_FOUND', async () => {
    const subscriber = openSubscriber(office.websocketUrl);
    for (const query of [WATCH_STATS, WATCH_BOOKINGS]) {
      for (const id of ['999999', '0', 'abc', '2147483648']) {
        const [error] = await subscriber.subscribe(query, { id }).errors();
        expect(error).toMatchObject({ message: 'Event not found', extensions: { code: 'NOT_FOUND' } });
      }
    }
    expect(office.container.liveUpdates.watchedEvents).toBe(0);
  });
});

describe('a dashboard that does not read', () => {
  const MAX_UNREAD_BOOKINGS = 1_000;
  /** More than the sockets of a system take in for somebody who does not read. */
  const FRAME_BYTES = 100_000;
  const issuer = new GatedIssuer({ closed: true });
  let office: BoxOffice;
  beforeAll(async () => {
    const env = { LOG_LEVEL: 'silent', GRAPHQL_MAX_ALIASES: '200', WS_SEND_TIMEOUT_MS: '600000' };
    office = await openBoxOffice('embedded', { overrides: { issuer }, worker: false, env });
  });
  afterAll(() => office.close());

  test('is cut off when more is unread than the bound, and costs no more memory than that', async () => {
    const eventId = await createEvent(office.url, { title: '🎟'.repeat(200), capacity: 100_000 });
    const titles = Array.from({ length: 130 }, (_, i) => `t${i}: event { title }`).join(' ');
    const upgraded = once(office.server.server, 'upgrade');
    const subscriber = openSubscriber(office.websocketUrl);
    const watch = subscriber.subscribe<Record<string, unknown>>(
      `subscription ($id: ID!) { eventBookingsChanged(eventId: $id) { id ${titles} } }`,
      { id: eventId },
    );
    await eventually(() => office.container.liveUpdates.watchedEvents === 1);
    const socket = await subscriber.socket;
    const [, serverSide] = (await upgraded) as [unknown, Duplex];
    socket.pause();

    const { bookTicket, liveUpdates } = office.container;
    let made = 0;
    let mostUnsent = 0;
    while (liveUpdates.watchedEvents > 0 && made < 5 * MAX_UNREAD_BOOKINGS) {
      await Promise.all(
        Array.from({ length: 100 }, (_, i) => bookTicket({ eventId, userId: `user-${i}`, quantity: 1 })),
      );
      made += 100;
      mostUnsent = Math.max(mostUnsent, serverSide.writableLength);
    }
    expect(liveUpdates.watchedEvents).toBe(0);
    expect(made).toBeGreaterThan(MAX_UNREAD_BOOKINGS);
    expect(mostUnsent).toBeGreaterThan(0);
    expect(mostUnsent).toBeLessThan(3 * FRAME_BYTES);

    socket.resume();
    expect(await watch.errors()).toHaveLength(1);
  });
});
