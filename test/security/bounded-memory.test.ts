import { CloseCode } from 'graphql-ws';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { BoxOfficeProcess } from '../support/boxoffice-process.ts';
import { eventually, within } from '../support/eventually.ts';
import { type Fleet, openFleet } from '../support/fleet.ts';
import { bookTicket, createEvent, graphql } from '../support/graphql-client.ts';
import {
  acknowledged,
  closeCode,
  closeFrameSockets,
  type FrameSocket,
  frame,
  messageFrame,
  openFrameSocket,
  write,
} from '../support/raw-frames.ts';

/** A hundred more than it takes at rest; each of these clients would fill it several times over. */
const HEAP_MEGABYTES = 192;
const KILOBYTE = 1_024;
const AT_ONCE = 50;
/** A close frame would wait behind all that was not read. */
const CUT_OFF = null;
const STATS = 'subscription ($id: ID!) { eventStatsChanged(eventId: $id) { bookedCount } }';

const COMMENTS = '#\n'.repeat(18_000);

const empties = (bytes: number) => Array.from({ length: bytes / 3 }, () => ({}));

describe(`with ${HEAP_MEGABYTES} MB of heap, a box office goes on selling beside a client`, () => {
  let fleet: Fleet;
  let office: BoxOfficeProcess;
  let eventId: string;
  beforeAll(async () => {
    fleet = await openFleet('embedded');
    office = await fleet.start('serve', {
      NODE_OPTIONS: `--max-old-space-size=${HEAP_MEGABYTES}`,
      WS_SEND_TIMEOUT_MS: '60000',
      WATCHER_MAX_SOCKETS: '0',
      WATCHER_MAX_SUBSCRIPTIONS: '0',
    });
    eventId = await createEvent(office.url, { capacity: 1_000 });
  });
  afterEach(async () => {
    const booked = await bookTicket(office.url, { eventId });
    expect(booked.__typename).toBe('Booking');
    closeFrameSockets();
    expect([office.exit, office.stderr]).toEqual([null, '']);
  });
  afterAll(() => fleet.close());

  /** Resolves when each has been answered with a value. */
  async function watchAll(client: FrameSocket, payloads: readonly object[]): Promise<void> {
    write(
      client,
      payloads.map((payload, id) => ({ id: `${id}`, type: 'subscribe', payload })),
    );
    await eventually(() => client.messages().length === payloads.length + 1);
    expect(client.messages().slice(1)).toEqual(payloads.map(() => expect.objectContaining({ type: 'next' })));
  }

  async function many(count: number, act: (n: number) => Promise<unknown>): Promise<void> {
    for (let n = 0; n < count; n += AT_ONCE) await Promise.all(Array.from({ length: AT_ONCE }, (_, i) => act(n + i)));
  }

  test('whose connection_init is as long as it may be and says nothing, 800 times', async () => {
    await many(800, () => acknowledged(office.url, { a: empties(16_000) }));
  });

  test('whose connection_init is longer: it is closed with 1009, before it is parsed', async () => {
    const client = await openFrameSocket(office.url);
    client.socket.write(frame(0x81, `{"type":"connection_init","payload":${' '.repeat(17 * KILOBYTE)}`));
    await eventually(() => closeCode(client.frames()) === 1009);
  });

  test('that sends 60 KB of variables nobody declared with each of 400 subscriptions', async () => {
    await many(50, async () => {
      const variables = { id: eventId, a: empties(60_000) };
      await watchAll(
        await acknowledged(office.url),
        Array.from({ length: 8 }, () => ({ query: STATS, variables })),
      );
    });
  });

  test('that writes 54 KB of comments into each of 250 subscriptions', async () => {
    await many(50, async (n) => {
      const variables = { id: eventId };
      const payloads = Array.from({ length: 5 }, (_, i) => ({ query: `${STATS} #${n}.${i}\n${COMMENTS}`, variables }));
      await watchAll(await acknowledged(office.url), payloads);
    });
  });

  test('that writes 54 KB of comments into each of 250 queries', async () => {
    await many(250, async (n) => {
      const answer = await graphql(office.url, `{ __typename } #${n}\n${COMMENTS}`);
      expect(answer).toEqual({ status: 200, data: { __typename: 'Query' } });
    });
  });

  test('whose ids are as long as frames: the socket is closed with 4400', async () => {
    const client = await acknowledged(office.url);
    const payload = { query: STATS, variables: { id: eventId } };
    client.socket.write(messageFrame({ id: 'x'.repeat(101), type: 'subscribe', payload }));
    await eventually(() => closeCode(client.frames()) === CloseCode.BadRequest);
  });

  test('that sends pings of 60 KB and reads no answer: it is cut off', async () => {
    const client = await acknowledged(office.url);
    client.socket.pause();
    await writeUntilClosed(client, messageFrame({ type: 'ping', payload: { a: 'x'.repeat(60_000) } }), 10_000);
    expect(await within(20_000, client.closed)).toBe(CUT_OFF);
  });
});

/** As fast as the server takes it. */
async function writeUntilClosed({ socket, closed }: FrameSocket, bytes: Buffer, times: number): Promise<void> {
  for (let n = 0; n < times && !socket.destroyed; n++) {
    if (!socket.write(bytes)) await Promise.race([new Promise((resolve) => socket.once('drain', resolve)), closed]);
  }
}
