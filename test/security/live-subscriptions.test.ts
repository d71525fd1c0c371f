import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { GraphQLInt, GraphQLObjectType, GraphQLSchema } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import { UpdateStream } from '../../src/bookings/live/update-stream.ts';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';
import { eventually } from '../support/eventually.ts';
import { bookTicket, createEvent } from '../support/graphql-client.ts';
import { type FrameSocket, messageFrame, openFrameSocket } from '../support/raw-frames.ts';
import { Sources } from '../support/sources.ts';
import { openSubscriber } from '../support/subscriber.ts';

const MAX_SUBSCRIPTIONS = 20;
const PAIRS = 1_000;
const WATCH_STATS = 'subscription ($id: ID!) { eventStatsChanged(eventId: $id) { bookedCount } }';

interface Numbers {
  readonly eventStatsChanged: { readonly bookedCount: number };
}

const sockets: FrameSocket[] = [];
afterEach(() => {
  for (const { socket } of sockets.splice(0)) socket.destroy();
});

async function acknowledged(url: string): Promise<FrameSocket> {
  const opened = await openFrameSocket(url);
  sockets.push(opened);
  opened.socket.write(messageFrame({ type: 'connection_init' }));
  await eventually(() => opened.messages().length === 1);
  return opened;
}

/** In one write, which the server reads in as few turns as it can. */
function write({ socket }: FrameSocket, messages: readonly object[]): void {
  socket.write(Buffer.concat(messages.map(messageFrame)));
}

const complete = (id: string) => ({ id, type: 'complete' });
const sentFor = (id: string, client: FrameSocket) => client.messages().filter((message) => message['id'] === id);

describe('however a client treats its ids,', () => {
  let office: BoxOffice;
  let eventId: string;
  beforeAll(async () => {
    office = await openBoxOffice('embedded', { worker: false });
    eventId = await createEvent(office.url, { capacity: 100_000 });
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });
  afterAll(() => office.close());

  /** As /metrics tells them. */
  async function counted(): Promise<{ sockets: number; subscriptions: number }> {
    const text = await (await fetch(`${office.url}/metrics`)).text();
    const value = (name: string) => Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1]);
    return { sockets: value('boxoffice_websockets'), subscriptions: value('boxoffice_subscriptions') };
  }

  async function nothingIsLeft(sources: Sources): Promise<void> {
    for (const { socket } of sockets) socket.destroy();
    await eventually(async () => expect(await counted()).toEqual({ sockets: 0, subscriptions: 0 }));
    expect(sources.alive).toBe(0);
    expect(office.container.liveUpdates.watchedEvents).toBe(0);
  }

  /** Every source from now on; none is handed over before `gate`. */
  function watchSources(gate?: Promise<void>): Sources {
    const { liveUpdates } = office.container;
    const open = liveUpdates.eventStats.bind(liveUpdates);
    const sources = new Sources();
    jest.spyOn(liveUpdates, 'eventStats').mockImplementation(async (id) => {
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
    await eventually(() => sentFor('1', client).length > 0);
    expect([sources.opened.length, sources.alive]).toEqual([2, 1]);
    expect(await counted()).toEqual({ sockets: 1, subscriptions: 1 });

    await bookTicket(office.url, { eventId });
    await eventually(() => sentFor('1', client).length === 2);
    expect(sentFor('1', client).map(({ type }) => type)).toEqual(['next', 'next']);
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

  test('what it sends in the same write after a fault is not begun', async () => {
    const sources = watchSources();
    const client = await acknowledged(office.url);
    write(client, [subscribe('1'), subscribe('1'), subscribe('2'), subscribe('3')]);
    expect(await client.closed).toBe(4409);
    expect(sources.opened.length).toBeLessThanOrEqual(1);
    await nothingIsLeft(sources);
  });
});

test('control: a server that keeps sources by id alone forgets all but one of them', async () => {
  const sources = new Sources<UpdateStream<number>>();
  const subscribe = async () => {
    await new Promise((resolve) => setImmediate(resolve));
    return sources.note(new UpdateStream<number>());
  };
  const schema = new GraphQLSchema({
    query: new GraphQLObjectType({ name: 'Query', fields: { n: { type: GraphQLInt } } }),
    subscription: new GraphQLObjectType({ name: 'Subscription', fields: { n: { type: GraphQLInt, subscribe } } }),
  });
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  useServer({ schema }, server);
  try {
    await once(server, 'listening');
    const client = await acknowledged(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const watch = { id: '1', type: 'subscribe', payload: { query: 'subscription { n }' } };
    write(client, [...Array.from({ length: 200 }, () => [watch, complete('1')]).flat(), watch]);
    await eventually(() => sources.opened.length === 201);
    client.socket.destroy();
    await eventually(() => server.clients.size === 0);
    expect(sources.alive).toBeGreaterThanOrEqual(100);
  } finally {
    for (const source of sources.opened) void source.return();
    server.close();
  }
});
