import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';
import { eventually } from '../support/eventually.ts';
import { bookTicket, createEvent } from '../support/graphql-client.ts';
import { acknowledged, closeFrameSockets, complete, Sources, sentFor, write } from '../support/raw-frames.ts';
import { openSubscriber } from '../support/subscriber.ts';

const MAX_SUBSCRIPTIONS = 20;
const PAIRS = 1_000;
const WATCH_STATS = 'subscription ($id: ID!) { eventStatsChanged(eventId: $id) { bookedCount } }';

interface Numbers {
  readonly eventStatsChanged: { readonly bookedCount: number };
}

afterEach(closeFrameSockets);

describe('however a client treats its ids,', () => {
  let office: BoxOffice;
  let eventId: string;
  beforeAll(async () => {
    office = await openBoxOffice('embedded', { worker: false });
    eventId = await createEvent(office.url, { capacity: 100_000 });
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });
  afterAll(() => office.close());

  /** As /metrics tells them. */
  async function counted(): Promise<{ sockets: number; subscriptions: number }> {
    const text = await (await fetch(`${office.url}/metrics`)).text();
    const value = (name: string) => Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1]);
    return { sockets: value('boxoffice_websockets'), subscriptions: value('boxoffice_subscriptions') };
  }

  async function nothingIsLeft(sources: Sources): Promise<void> {
    closeFrameSockets();
    await eventually(async () => expect(await counted()).toEqual({ sockets: 0, subscriptions: 0 }));
    expect(sources.alive).toBe(0);
    expect(office.container.liveUpdates.watchedEvents).toBe(0);
  }

  /** Every source from now on; none is handed over before `gate`. */
  function watchSources(gate?: Promise<void>): Sources {
    const { liveUpdates } = office.container;
    const open = liveUpdates.eventStats.bind(liveUpdates);
    const sources = new Sources();
    vi.spyOn(liveUpdates, 'eventStats').mockImplementation(async (id) => {
      const source = sources.note(await open(id));
      await gate;
      return source;
    });
    return sources;
  }

  const subscribe = (id: string) => ({
    id,
    type: 'subscribe',
    payload: { query: WATCH_STATS, variables: { id: eventId } },
  });

  test('one that was completed may be used again at once, and its predecessor is given back', async () => {
    const sources = watchSources();
    const client = await acknowledged(office.url);
    write(client, [subscribe('1'), complete('1'), subscribe('1')]);
    await eventually(() => expect([sources.opened.length, sources.alive]).toEqual([2, 1]));
    expect(await counted()).toEqual({ sockets: 1, subscriptions: 1 });

    await bookTicket(office.url, { eventId });
    const booked = { payload: { data: { eventStatsChanged: { bookedCount: 1 } } } };
    await eventually(() => expect(sentFor('1', client).at(-1)).toMatchObject(booked));
    expect(new Set(sentFor('1', client).map(({ type }) => type))).toEqual(new Set(['next']));
    await nothingIsLeft(sources);
  });

  test('1,000 times subscribe and complete in one write leave nothing behind and disturb nobody', async () => {
    const subscriber = openSubscriber(office.websocketUrl);
    const watch = subscriber.subscribe<Numbers>(WATCH_STATS, { id: eventId });
    const { bookedCount } = (await watch.next()).eventStatsChanged;
    const sources = watchSources();
    const client = await acknowledged(office.url);
    const pairs = Array.from({ length: PAIRS }, () => [subscribe('1'), complete('1')]).flat();
    write(client, [...pairs, subscribe('1'), { type: 'ping' }]);
    await eventually(() => client.messages().some(({ type }) => type === 'pong'));
    await eventually(() => expect(sources.alive).toBeLessThanOrEqual(1));
    expect(sources.mostAlive).toBeLessThanOrEqual(MAX_SUBSCRIPTIONS);
    await bookTicket(office.url, { eventId });
    expect((await watch.next()).eventStatsChanged.bookedCount).toBe(bookedCount + 1);
    await subscriber.dispose();
    await nothingIsLeft(sources);
  });

  test('no more sources are on their way than may be open, and one more is refused', async () => {
    const gate = Promise.withResolvers<void>();
    const sources = watchSources(gate.promise);
    const client = await acknowledged(office.url);
    write(client, Array.from({ length: MAX_SUBSCRIPTIONS + 1 }, () => [subscribe('1'), complete('1')]).flat());
    await eventually(() => expect(sentFor('1', client)).toMatchObject([{ type: 'error' }]));
    await eventually(() => sources.alive === MAX_SUBSCRIPTIONS);
    expect((await counted()).subscriptions).toBe(MAX_SUBSCRIPTIONS);
    gate.resolve();
    await eventually(() => sources.alive === 0);
    write(client, [subscribe('2')]);
    await eventually(() => expect(sentFor('2', client)).toMatchObject([{ type: 'next' }]));
    await nothingIsLeft(sources);
  });

  test('a source that is there only after the socket has closed is given back', async () => {
    const gate = Promise.withResolvers<void>();
    const sources = watchSources(gate.promise);
    const client = await acknowledged(office.url);
    write(client, [subscribe('1'), subscribe('2')]);
    await eventually(() => sources.alive === 2);
    client.socket.destroy();
    await eventually(async () => expect(await counted()).toEqual({ sockets: 0, subscriptions: 2 }));
    gate.resolve();
    await nothingIsLeft(sources);
  });

  test('what came together is begun one a turn of the event loop, so that others have theirs', async () => {
    let turn = 0;
    let counting = setImmediate(function count() {
      turn++;
      counting = setImmediate(count);
    });
    const begunIn: number[] = [];
    const open = office.container.liveUpdates.eventStats.bind(office.container.liveUpdates);
    vi.spyOn(office.container.liveUpdates, 'eventStats').mockImplementation((id) => {
      begunIn.push(turn);
      return open(id);
    });
    try {
      const client = await acknowledged(office.url);
      write(
        client,
        Array.from({ length: MAX_SUBSCRIPTIONS }, (_, id) => subscribe(`${id}`)),
      );
      await eventually(() => begunIn.length === MAX_SUBSCRIPTIONS);
      expect(new Set(begunIn).size).toBe(MAX_SUBSCRIPTIONS);
    } finally {
      clearImmediate(counting);
    }
  });

  test('what it sends in the same write after a fault is not begun', async () => {
    const sources = watchSources();
    const client = await acknowledged(office.url);
    write(client, [subscribe('1'), subscribe('1'), subscribe('2'), subscribe('3')]);
    expect(await client.closed).toBe(4409);
    expect(sources.opened.length).toBeLessThanOrEqual(1);
    await nothingIsLeft(sources);
  });
});
