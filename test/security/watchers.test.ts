import { afterEach, describe, expect, test } from 'vitest';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';
import { eventually } from '../support/eventually.ts';
import { createEvent } from '../support/graphql-client.ts';
import { acknowledgedSocket, closeRawSockets, openRawSocket, type RawSocket } from '../support/raw-socket.ts';
import { bearer, JWT_ENV } from '../support/tokens.ts';

const ACKNOWLEDGED = 'connection_ack';
const TRY_AGAIN_LATER = 1013;

let office: BoxOffice | null = null;
afterEach(async () => {
  await closeRawSockets();
  await office?.close();
  office = null;
});

async function open(env: Record<string, string>): Promise<BoxOffice> {
  office = await openBoxOffice('embedded', { env, worker: false });
  return office;
}

describe('who watches, a user or everybody at one address, may have only so many', () => {
  test('sockets without a token, each counted from its connection_init; with a token they are counted by the user', async () => {
    const { websocketUrl } = await open({ ...JWT_ENV, WATCHER_MAX_SOCKETS: '2' });
    const connect = async (params?: object, localAddress = '127.0.0.1') => {
      const raw = openRawSocket(websocketUrl, undefined, { localAddress });
      await raw.opened;
      raw.send({ type: 'connection_init', payload: params });
      let closedWith: number | undefined;
      void raw.closed.then(({ code }) => {
        closedWith = code;
      });
      return eventually(() => closedWith ?? raw.messages.unread[0]?.['type'] ?? false);
    };
    const [alice, bob] = [await bearer('alice'), await bearer('bob')];
    expect([await connect(), await connect(), await connect()]).toEqual([ACKNOWLEDGED, ACKNOWLEDGED, TRY_AGAIN_LATER]);
    expect(await connect(undefined, '127.0.0.2')).toBe(ACKNOWLEDGED);
    expect([await connect(alice), await connect(alice, '127.0.0.2')]).toEqual([ACKNOWLEDGED, ACKNOWLEDGED]);
    expect([await connect(alice, '127.0.0.3'), await connect(bob)]).toEqual([TRY_AGAIN_LATER, ACKNOWLEDGED]);
    const shop = await bearer('shop', { role: 'organizer' });
    expect([await connect(shop), await connect(shop), await connect(shop)]).toEqual(Array(3).fill(ACKNOWLEDGED));
    await closeRawSockets();
    await eventually(async () => expect(await connect()).toBe(ACKNOWLEDGED));
  });

  test('subscriptions, on all its sockets together; the next one is told when to come again', async () => {
    const { url, websocketUrl } = await open({ WATCHER_MAX_SUBSCRIPTIONS: '3' });
    const eventId = await createEvent(url, { capacity: 1 });
    const query = 'subscription ($id: ID!) { eventStatsChanged(eventId: $id) { version } }';
    const sockets = [await acknowledgedSocket(websocketUrl), await acknowledgedSocket(websocketUrl)] as const;
    const subscribe = async ({ send, messages }: RawSocket, id: string) => {
      send({ id, type: 'subscribe', payload: { query, variables: { id: eventId } } });
      return messages.next();
    };
    const [first, second] = sockets;
    for (const [socket, id] of [
      [first, '1'],
      [first, '2'],
      [second, '1'],
    ] as const) {
      expect(await subscribe(socket, id)).toMatchObject({ id, type: 'next' });
    }
    const refused = { type: 'error', payload: [{ extensions: { code: 'RATE_LIMITED', retryAfterMs: 10_000 } }] };
    expect(await subscribe(second, '2')).toMatchObject(refused);
    const elsewhere = await acknowledgedSocket(websocketUrl, { localAddress: '127.0.0.2' });
    expect(await subscribe(elsewhere, '1')).toMatchObject({ type: 'next' });
    first.send({ id: '1', type: 'complete' });
    await eventually(async () => expect(await subscribe(second, '2')).toMatchObject({ type: 'next' }));
  });
});
