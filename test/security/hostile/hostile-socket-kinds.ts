import { randomBytes } from 'node:crypto';
import { announcing, frame, openFrameSocket } from '../../support/raw-frames.ts';
import { badTokens } from '../handmade-token.ts';
import { CREATE } from './hostile-http.ts';
import type { HostileKind } from './hostile-kind.ts';
import { subscribe, talk } from './hostile-sockets.ts';
import { SOCKET_HOARDER, VICTIM } from './hostile-stage.ts';

const TEXT = 0x81;
const WATCH = 'subscription ($id: ID!) { bookingStatusChanged(bookingId: $id) { reference tickets { code } } }';
const WATCH_ALL = 'subscription ($id: ID!) { eventBookingsChanged(eventId: $id) { reference userId } }';
const STATS = 'subscription ($id: ID!) { eventStatsChanged(eventId: $id) { capacity } }';
const FRAMES = [
  frame(0x83),
  frame(0xc1, '{}'),
  frame(TEXT, '{"type":"connection_init"}', { masked: false }),
  frame(TEXT, Buffer.from([0xc3, 0x28, 0xff])),
  announcing(TEXT, 2n ** 40n),
  announcing(TEXT, 2n ** 63n),
  frame(0x09, 'half'),
  announcing(0x89, 126n),
  frame(0x80, 'more'),
  Buffer.concat([frame(0x01, 'one'), frame(TEXT, 'two')]),
  frame(0x88, 'x'),
  frame(0x88, Buffer.from([0x03, 0xe7])),
  frame(0x82, randomBytes(100)),
  frame(TEXT, '{"type":'),
  frame(TEXT, '{"id":"1"}'),
  frame(TEXT, '{"type":"__proto__"}'),
];

/** More than WS_MAX_SUBSCRIPTIONS of the run. */
const SUBSCRIPTIONS = 6;

export const SOCKET_KINDS: readonly HostileKind[] = [
  {
    name: 'handshakes with wrong subprotocols and origins',
    count: 300,
    send: ({ url }, from, random) =>
      random.chance(0.5)
        ? talk({ url, from, subprotocol: random.pick(['', 'graphql-ws', 'soap, mqtt']) })
        : talk({ url, from, origin: random.pick(['https://evil.example', 'null', `${url}.evil.example`]) }),
  },
  {
    name: 'malformed frames',
    count: 300,
    send: async ({ url }, from, random) => {
      const bytes = random.pick(FRAMES);
      const { socket, closed } = await openFrameSocket(url, from);
      socket.write(bytes);
      return { statuses: [], text: '', closeCode: (await closed) ?? 0 };
    },
  },
  {
    name: 'subscribing before connection_init',
    count: 150,
    send: ({ url, victims }, from) => talk({ url, from, first: [subscribe(WATCH, { id: victims[0]?.id })] }),
  },
  {
    name: 'bad tokens over WebSocket',
    count: 150,
    send: ({ url }, from, random) => talk({ url, from, params: { authorization: random.pick(badTokens(VICTIM)) } }),
  },
  {
    name: 'mutations over WebSocket',
    count: 150,
    send: ({ url, buyers, eventId }, from, random) => {
      const query = random.pick([
        `mutation { bookTicket(input: { eventId: "${eventId}" }) { __typename } }`,
        CREATE,
        '{ report { totalCapacity } }',
      ]);
      return talk({ url, from, params: random.pick(buyers), subscriptions: [subscribe(query)] });
    },
  },
  {
    name: "watching others' bookings",
    count: 300,
    send: ({ url, buyers, eventId, victims }, from, random) => {
      const params = random.chance(0.2) ? {} : random.pick(buyers);
      const [query, id] = random.pick([
        [WATCH, random.pick(victims).id],
        [WATCH_ALL, eventId],
      ] as const);
      return talk({ url, from, params, subscriptions: [subscribe(query, { id })] });
    },
  },
  {
    name: 'more subscriptions than a socket may have',
    count: 100,
    send: ({ url, eventId }, from) => {
      const subscriptions = Array.from({ length: SUBSCRIPTIONS }, (_, i) => subscribe(STATS, { id: eventId }, `${i}`));
      return talk({ url, from, params: {}, subscriptions, values: SUBSCRIPTIONS - 1 });
    },
  },
  {
    name: 'more sockets than an address may have',
    count: 150,
    send: ({ url }, _from) => talk({ url, from: SOCKET_HOARDER, params: {} }),
  },
];
