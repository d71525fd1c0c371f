import { Writable } from 'node:stream';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { book, WATCH_BOOKING } from '../support/booking-watch.ts';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';
import { GatedIssuer } from '../support/gated-issuer.ts';
import { createEvent, graphqlData } from '../support/graphql-client.ts';
import { acknowledgedSocket, closeRawSockets, openRawSocket } from '../support/raw-socket.ts';

const MAX_SUBSCRIPTIONS = 3;
const MAX_FRAME_BYTES = 65_536;

describe('the WebSocket', () => {
  const issuer = new GatedIssuer({ closed: true });
  const logged: string[] = [];
  const printed: unknown[] = [];
  let office: BoxOffice;
  let eventId: string;
  let bookingId: string;
  beforeAll(async () => {
    const sink = new Writable({
      write: (line, _encoding, done) => {
        logged.push(String(line));
        done();
      },
    });
    const log = pino({ level: 'info' }, sink);
    office = await openBoxOffice('embedded', {
      env: { WS_MAX_SUBSCRIPTIONS: `${MAX_SUBSCRIPTIONS}` },
      overrides: { issuer, log },
    });
    eventId = await createEvent(office.url, { capacity: 100 });
    bookingId = (await book(office, { eventId })).id;
  });
  beforeEach(() => {
    for (const method of ['log', 'info', 'warn', 'error', 'debug', 'trace'] as const) {
      vi.spyOn(console, method).mockImplementation((...words) => printed.push(words));
    }
    const writeError = process.stderr.write.bind(process.stderr);
    vi.spyOn(process.stderr, 'write').mockImplementation((...words: unknown[]) => {
      printed.push(words[0]);
      return (writeError as (...words: unknown[]) => boolean)(...words);
    });
  });
  afterEach(async () => {
    await closeRawSockets();
    vi.restoreAllMocks();
  });
  afterAll(() => {
    issuer.open();
    return office.close();
  });

  const subscribe = (id: string, query: string, variables?: object) => ({
    id,
    type: 'subscribe',
    payload: { query, variables },
  });
  const watch = (id: string) => subscribe(id, WATCH_BOOKING, { id: bookingId });

  async function errorsOf(query: string, variables?: object) {
    const socket = await acknowledgedSocket(office.websocketUrl);
    socket.send(subscribe('1', query, variables));
    const message = await socket.messages.next();
    expect(message).toMatchObject({ id: '1', type: 'error' });
    return message['payload'] as { message: string; extensions?: { code?: string } }[];
  }

  test('is refused with 4406 without the subprotocol graphql-transport-ws', async () => {
    expect(await openRawSocket(office.websocketUrl, []).closed).toMatchObject({ code: 4406 });
  });

  test('is refused with 4406 to a client of the old protocol', async () => {
    const headers = { 'Sec-WebSocket-Protocol': 'graphql-ws' };
    expect(await openRawSocket(office.websocketUrl, [], { headers }).closed).toMatchObject({ code: 4406 });
  });

  test('closes with 4401 when a client subscribes before connection_init', async () => {
    const socket = openRawSocket(office.websocketUrl);
    await socket.opened;
    socket.send(watch('1'));
    expect(await socket.closed).toMatchObject({ code: 4401 });
  });

  test('closes with 4429 at a second connection_init', async () => {
    const socket = await acknowledgedSocket(office.websocketUrl);
    socket.send({ type: 'connection_init' });
    expect(await socket.closed).toMatchObject({ code: 4429 });
  });

  test('closes with 4409 when an id is used twice at a time', async () => {
    const socket = await acknowledgedSocket(office.websocketUrl);
    socket.send(watch('1'));
    socket.send(watch('1'));
    expect(await socket.closed).toMatchObject({ code: 4409 });
  });

  test.each([
    ['no JSON', '{"type":'],
    ['an unknown type', '{"type":"start","id":"1"}'],
    ['no object', '42'],
    ['null', 'null'],
    ['subscribe without an id', '{"type":"subscribe","payload":{"query":"{__typename}"}}'],
    ['subscribe without a query', '{"type":"subscribe","id":"1","payload":{}}'],
    ['__proto__ for a type', '{"type":"__proto__"}'],
  ])('closes with 4400 at %s', async (_name, text) => {
    const socket = await acknowledgedSocket(office.websocketUrl);
    socket.sendText(text);
    expect(await socket.closed).toMatchObject({ code: 4400 });
  });

  test('closes with 4408 when connection_init does not come within three seconds', async () => {
    expect(await openRawSocket(office.websocketUrl).closed).toMatchObject({ code: 4408 });
  });

  test('closes with 1009 at a frame above 64 KiB, and takes one just below', async () => {
    const socket = await acknowledgedSocket(office.websocketUrl);
    const empty = JSON.stringify({ type: 'ping', payload: { x: '' } }).length;
    socket.send({ type: 'ping', payload: { x: 'x'.repeat(MAX_FRAME_BYTES - empty) } });
    expect(await socket.messages.next()).toMatchObject({ type: 'pong' });
    socket.send({ type: 'ping', payload: { x: 'x'.repeat(MAX_FRAME_BYTES - empty + 1) } });
    expect(await socket.closed).toMatchObject({ code: 1009 });
  });

  test.each([
    ['a query', '{ report { totalCapacity } }'],
    ['introspection, which clients get by POST', '{ __schema { types { name } } }'],
    ['a mutation', 'mutation { createEvent(input: { title: "by websocket", capacity: 1 }) { id } }'],
  ])('refuses %s without running it', async (_name, query) => {
    const [error, ...more] = await errorsOf(query);
    expect(error).toMatchObject({
      message: expect.stringContaining('Only subscriptions'),
      extensions: { code: 'BAD_USER_INPUT' },
    });
    expect(more).toEqual([]);
    const { events } = await graphqlData<{ events: { edges: { node: { title: string } }[] } }>(
      office.url,
      '{ events { edges { node { title } } } }',
    );
    expect(events.edges.map(({ node }) => node.title)).not.toContain('by websocket');
  });

  test('does not run introspection inside a subscription', async () => {
    const query = `subscription { __schema { types { name } } }`;
    expect(JSON.stringify(await errorsOf(query))).not.toContain('BookTicketInput');
  });

  test.each([
    ['a syntax error', 'subscription {', {}],
    ['an unknown field', 'subscription { bookingStatusChanged(bookingId: 1) { idd } }', {}],
    ['a missing argument', 'subscription { bookingStatusChanged { id } }', {}],
    [
      'two root fields',
      'subscription { a: bookingStatusChanged(bookingId: 1) { id } b: eventStatsChanged(eventId: 1) { version } }',
      {},
    ],
    ['no operation', 'fragment F on Booking { id }', {}],
    ['too many tokens', `subscription { bookingStatusChanged(bookingId: 1) { ${'id '.repeat(1_001)} } }`, {}],
  ])('answers %s with an error message and stays open', async (_name, query, variables) => {
    const socket = await acknowledgedSocket(office.websocketUrl);
    socket.send(subscribe('1', query, variables));
    const message = await socket.messages.next();
    expect(message).toMatchObject({ id: '1', type: 'error', payload: [{ message: expect.any(String) }] });
    expect(JSON.stringify(message)).not.toMatch(/Did you mean|stack|node_modules/);
    socket.send(watch('2'));
    expect(await socket.messages.next()).toMatchObject({ id: '2', type: 'next' });
  });

  test.each([
    ['missing', {}],
    ['of the wrong type', { id: { deep: [1] } }],
    ['null', { id: null }],
  ])('answers variables that are %s with errors, then the end, and stays open', async (_name, variables) => {
    const socket = await acknowledgedSocket(office.websocketUrl);
    socket.send(subscribe('1', WATCH_BOOKING, variables));
    const answer = await socket.messages.next();
    expect(answer).toMatchObject({ id: '1' });
    expect(JSON.stringify(answer)).toContain('Variable \\"$id\\"');
    socket.send(watch('2'));
    const next = await socket.messages.next();
    if (next['type'] === 'complete') expect(await socket.messages.next()).toMatchObject({ id: '2', type: 'next' });
    else expect(next).toMatchObject({ id: '2', type: 'next' });
  });

  test('refuses one subscription more than WS_MAX_SUBSCRIPTIONS, and takes it when another has ended', async () => {
    const socket = await acknowledgedSocket(office.websocketUrl);
    for (let n = 1; n <= MAX_SUBSCRIPTIONS; n++) {
      socket.send(watch(`${n}`));
      expect(await socket.messages.next()).toMatchObject({ id: `${n}`, type: 'next' });
    }
    socket.send(watch('more'));
    expect(await socket.messages.next()).toMatchObject({
      id: 'more',
      type: 'error',
      payload: [{ extensions: { code: 'BAD_USER_INPUT' } }],
    });
    socket.send({ id: '1', type: 'complete' });
    socket.send(watch('again'));
    expect(await socket.messages.next()).toMatchObject({ id: 'again', type: 'next' });
  });

  test.each([
    [
      'while it subscribes',
      () => vi.spyOn(office.container.liveUpdates, 'bookingStatus').mockRejectedValue(leak('E1')),
    ],
    ['while a field is resolved', () => vi.spyOn(office.container.events, 'findMany').mockRejectedValue(leak('E2'))],
  ])('masks what goes wrong inside %s', async (_name, fail) => {
    const failing = fail();
    const socket = await acknowledgedSocket(office.websocketUrl);
    socket.send(
      subscribe('1', 'subscription ($id: ID!) { bookingStatusChanged(bookingId: $id) { event { id } } }', {
        id: bookingId,
      }),
    );
    const answer = await socket.messages.next();
    expect(JSON.stringify(answer)).toContain('INTERNAL_SERVER_ERROR');
    expect(JSON.stringify(answer)).not.toMatch(/SQLITE|secret|select|stack|\.ts/);
    expect(failing).toHaveBeenCalled();
    expect(logged.splice(0).join()).toContain('SQLITE_CORRUPT');
  });

  test('masks what breaks a running subscription', async () => {
    const socket = await acknowledgedSocket(office.websocketUrl);
    const { liveUpdates } = office.container;
    const stream = await liveUpdates.bookingStatus(Number(bookingId));
    vi.spyOn(liveUpdates, 'bookingStatus').mockResolvedValue(stream);
    socket.send(watch('1'));
    expect(await socket.messages.next()).toMatchObject({ id: '1', type: 'next' });
    stream.fail(leak('E3'));
    const answer = await socket.messages.next();
    expect(answer).toMatchObject({ id: '1', type: 'error' });
    expect(JSON.stringify(answer)).not.toMatch(/SQLITE|secret|select|stack|\.ts/);
    expect(answer).toMatchObject({ payload: [{ extensions: { code: 'INTERNAL_SERVER_ERROR' } }] });
    logged.splice(0);
  });

  test('prints and logs nothing about any of these faults of clients', () => {
    expect(printed).toEqual([]);
    expect(logged).toEqual([]);
  });

  test('closes with 1001 when the server closes', async () => {
    const closing = await openBoxOffice('embedded');
    const socket = await acknowledgedSocket(closing.websocketUrl);
    await closing.close();
    expect(await socket.closed).toMatchObject({ code: 1001 });
  });
});

/** @param code tells one cause from another: each is logged once in a minute */
function leak(code: string): Error {
  const message = "SQLITE_CORRUPT: database disk image is malformed, select secret from '/srv/box.db'";
  return Object.assign(new Error(message), { code });
}
