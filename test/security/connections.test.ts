import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { CloseCode } from 'graphql-ws';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';
import { eventually } from '../support/eventually.ts';
import { bookTicket, createEvent, graphql } from '../support/graphql-client.ts';
import { acknowledgedSocket, closeRawSockets, handshake, openRawSocket } from '../support/raw-socket.ts';

const opened: BoxOffice[] = [];
const connections: Socket[] = [];
afterEach(async () => {
  await closeRawSockets();
  for (const connection of connections.splice(0)) connection.destroy();
  for (const office of opened.splice(0)) await office.close();
});

async function open(env: Record<string, string>): Promise<BoxOffice> {
  const office = await openBoxOffice('embedded', { env });
  opened.push(office);
  return office;
}

/** A plain connection, and all it was sent until it was closed. */
async function rawConnection(url: string): Promise<{ connection: Socket; received: Promise<string> }> {
  const { hostname, port } = new URL(url);
  const connection = connect(Number(port), hostname).setEncoding('utf8');
  connections.push(connection);
  await once(connection, 'connect');
  const received = new Promise<string>((resolve, reject) => {
    let text = '';
    connection.on('data', (data) => {
      text += data;
    });
    connection.once('error', reject);
    connection.once('close', () => resolve(text));
  });
  return { connection, received };
}

const PING_INTERVAL_MS = 12_000;

/** No close frame: it would have waited behind all that was not read. */
const CUT_OFF = 1006;

const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1]);

describe('connections that take their time are closed:', () => {
  const BRIEF = { HTTP_HEADERS_TIMEOUT_MS: '300', HTTP_REQUEST_TIMEOUT_MS: '600' };

  test('one that never ends its headers', async () => {
    const { url } = await open(BRIEF);
    const { connection, received } = await rawConnection(url);
    connection.write('GET /livez HTTP/1.1\r\nHost: localhost\r\nX-Slow: ');
    const drip = setInterval(() => connection.write('a'), 50);
    expect(statusOf(await received)).toBe(408);
    clearInterval(drip);
  });

  test('one that never ends its body', async () => {
    const { url } = await open(BRIEF);
    const { connection, received } = await rawConnection(url);
    connection.write(
      'POST /book HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{',
    );
    const drip = setInterval(() => connection.write(' '), 100);
    expect(statusOf(await received)).toBe(408);
    clearInterval(drip);
  });

  test('one that says nothing more', async () => {
    const { url } = await open({ HTTP_IDLE_TIMEOUT_MS: '300' });
    const { connection, received } = await rawConnection(url);
    connection.write('GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n');
    expect(statusOf(await received)).toBe(200);
  });

  test('one whose headers have no end', async () => {
    const { url } = await open({});
    const { connection, received } = await rawConnection(url);
    connection.write(`GET /livez HTTP/1.1\r\nHost: localhost\r\nX-Long: ${'a'.repeat(20_000)}`);
    expect(statusOf(await received)).toBe(431);
  });

  test('a socket that does not say who it is', async () => {
    const { websocketUrl } = await open({ WS_INIT_TIMEOUT_MS: '200' });
    expect((await openRawSocket(websocketUrl).closed).code).toBe(CloseCode.ConnectionInitialisationTimeout);
  });

  test('a socket whose peer is gone without a word, and does not answer a ping; one that answers stays open', async () => {
    const { websocketUrl } = await open({});
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      const gone = await acknowledgedSocket(websocketUrl, { autoPong: false });
      const alive = await acknowledgedSocket(websocketUrl);
      for (let time = 0; time < 3; time++) {
        const pinged = once(alive.socket, 'ping');
        vi.advanceTimersByTime(PING_INTERVAL_MS);
        await Promise.race([pinged, alive.closed]);
        alive.send({ type: 'ping' });
        expect(await alive.messages.next()).toEqual({ type: 'pong' });
      }
      expect((await gone.closed).code).toBe(CUT_OFF);
    } finally {
      vi.useRealTimers();
    }
  });

  test('a socket that reads nothing of what it asked for', async () => {
    const office = await open({ WS_SEND_TIMEOUT_MS: '300' });
    const eventId = await createEvent(office.url, { capacity: 1_000_000, title: 'x'.repeat(200) });
    const { socket, send, closed } = await acknowledgedSocket(office.websocketUrl);
    const query = `subscription ($id: ID!) { eventBookingsChanged(eventId: $id) { ${wide('event { title }')} } }`;
    for (let id = 0; id < 20; id++)
      send({ id: `${id}`, type: 'subscribe', payload: { query, variables: { id: eventId } } });
    await eventually(() => office.container.liveUpdates.watchedEvents === 1);
    socket.pause();
    await eventually(
      async () => {
        await Promise.all(Array.from({ length: 50 }, (_, i) => bookTicket(office.url, { eventId, userId: `${i}` })));
        return office.container.liveUpdates.watchedEvents === 0;
      },
      { timeoutMs: 60_000 },
    );
    socket.resume();
    expect((await closed).code).toBe(CUT_OFF);
  });
});

describe('one address may have only so many', () => {
  test('sockets; another address, and one that comes when another has left, may', async () => {
    const { websocketUrl } = await open({ ADDRESS_MAX_SOCKETS: '2' });
    const [first] = [await acknowledgedSocket(websocketUrl), await acknowledgedSocket(websocketUrl)];
    const { status, headers } = await handshake(websocketUrl);
    expect([status, headers['retry-after']]).toEqual([429, '10']);
    await acknowledgedSocket(websocketUrl, { localAddress: '127.0.0.2' });
    first.socket.close();
    await first.closed;
    await eventually(() => acknowledgedSocket(websocketUrl).then(() => true));
  });

  test('requests at the same time; the next one is told when to come again, and a socket is no request', async () => {
    const { url } = await open({ ADDRESS_MAX_REQUESTS: '2' });
    const slow = [await rawConnection(url), await rawConnection(url)];
    for (const { connection } of slow) {
      connection.write(
        'POST /book HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{',
      );
    }
    const refused = await eventually(async () => {
      const response = await fetch(`${url}/event`);
      const body = await response.json();
      const { headers } = response;
      const [retryAfter, nosniff] = [headers.get('retry-after'), headers.get('x-content-type-options')];
      return response.status === 429 && { retryAfter, nosniff, body };
    });
    expect(refused).toEqual({
      retryAfter: '1',
      nosniff: 'nosniff',
      body: expect.objectContaining({ code: 'RATE_LIMITED', status: 429 }),
    });
    expect(await graphql(url, '{ __typename }')).toMatchObject({
      status: 429,
      errors: [{ extensions: { code: 'RATE_LIMITED', retryAfterMs: 1_000 } }],
    });
    expect((await handshake(`${url.replace('http', 'ws')}/graphql`)).status).toBe(101);
    for (const { connection } of slow) connection.write('}');
    await eventually(async () => (await fetch(`${url}/event`)).status === 200);
  });
});

function wide(selection: string): string {
  return Array.from({ length: 10 }, (_, i) => `a${i}: ${selection}`).join(' ');
}
