import { badTokens } from '../handmade-token.ts';
import { isNothing } from './hostile-answer.ts';
import { ask, askGraphql, JSON_TYPE } from './hostile-http.ts';
import type { HostileKind } from './hostile-kind.ts';
import { type Headers, SQL_TEXTS, VICTIM, VICTIMS_KEY } from './hostile-stage.ts';

const ALL_OF_A_BOOKING = '{ id reference userId status tickets { code } }';
const BOOK = `mutation ($i: BookTicketInput!) {
  bookTicket(input: $i) { ... on Booking { reference userId } ... on BookingRefused { code } } }`;
const IDS = ['0', '-1', '2147483648', '99999999999999999999', '1e309', '1.5', '٣', 'NaN', '0x1', ' ', '1'.repeat(150)];
const KEYS = ['', 'k'.repeat(256), 'k\u0000', '\ud800', VICTIMS_KEY, '"'.repeat(255), 'again'];

const jsonBody = (path: string, headers: Headers, body: unknown) => ({
  path,
  headers: { ...JSON_TYPE, ...headers },
  body: JSON.stringify(body),
});

export const TARGETED_KINDS: readonly HostileKind[] = [
  {
    name: 'forged, expired and unsigned tokens',
    count: 600,
    send: (stage, from, random) => {
      const headers = { authorization: random.pick(badTokens(VICTIM)) };
      const path = random.pick(['/event', `/event/${stage.eventId}`, '/report', `/booking/${stage.victims[0]?.id}`]);
      if (random.chance(0.5)) return ask(stage, from, { path, headers });
      return askGraphql(stage, from, headers, {
        query: random.pick(['{ report { totalCapacity } }', '{ __typename }']),
      });
    },
  },
  {
    name: "others' bookings",
    count: 900,
    send: (stage, from, random) => {
      const { id } = random.pick(stage.victims);
      const { eventId } = stage;
      const headers = random.pick(stage.buyers);
      const graphql = (query: string, i = {}) => askGraphql(stage, from, headers, { query, variables: { id, i } });
      return random.pick([
        () => ask(stage, from, { path: `/booking/${id}`, headers }),
        () => ask(stage, from, jsonBody(`/booking/${id}/cancel`, headers, {})),
        () => ask(stage, from, jsonBody('/book', headers, { event_id: eventId, user_id: 1 })),
        () => graphql(`query ($id: ID!) { booking(id: $id) ${ALL_OF_A_BOOKING} }`),
        () => graphql(`mutation ($id: ID!) { cancelBooking(id: $id) ${ALL_OF_A_BOOKING} }`),
        () => graphql(`{ bookings(userId: "${VICTIM}") { edges { node ${ALL_OF_A_BOOKING} } } }`),
        () => graphql(`{ bookings(eventId: "${eventId}") { edges { node ${ALL_OF_A_BOOKING} } } }`),
        () => graphql(BOOK, { eventId, userId: VICTIM, idempotencyKey: VICTIMS_KEY, quantity: 2 }),
      ])();
    },
    harmless: isNothing,
  },
  {
    name: "organizers' operations by buyers",
    count: 400,
    send: (stage, from, random) => {
      const headers = random.chance(0.2) ? {} : random.pick(stage.buyers);
      return random.pick([
        () => ask(stage, from, { path: '/report', headers }),
        () => ask(stage, from, { path: `/report/event/${stage.eventId}`, headers }),
        () => ask(stage, from, jsonBody('/event', headers, { title: 'Mine', capacity: 1 })),
        () => askGraphql(stage, from, headers, { query: '{ report { totalCapacity totalReserved } }' }),
        () =>
          askGraphql(stage, from, headers, {
            query: 'mutation { createEvent(input: { title: "Mine", capacity: 1 }) { id } }',
          }),
      ])();
    },
  },
  {
    name: 'id scanning',
    count: 400,
    send: (stage, from, random) => {
      const headers = random.pick(stage.buyers);
      const id = random.int(0, 300);
      if (random.chance(0.5)) return ask(stage, from, { path: `/booking/${id}`, headers });
      return askGraphql(stage, from, headers, { query: `{ booking(id: "${id}") ${ALL_OF_A_BOOKING} }` });
    },
    harmless: isNothing,
  },
  {
    name: 'SQL in every text',
    count: 500,
    send: (stage, from, random) => {
      const sql = random.pick(SQL_TEXTS);
      const headers = random.pick([...stage.sqlBuyers, ...stage.buyers.slice(0, 20)]);
      const { eventId } = stage;
      const graphql = (query: string, i = {}) => askGraphql(stage, from, headers, { query, variables: { sql, i } });
      return random.pick([
        () => ask(stage, from, { path: `/booking/${encodeURIComponent(sql)}`, headers }),
        () => ask(stage, from, { path: `/event?after=${encodeURIComponent(sql)}`, headers }),
        () => ask(stage, from, jsonBody('/book', { ...headers, 'idempotency-key': sql }, { event_id: eventId })),
        () => ask(stage, from, jsonBody('/book', headers, { event_id: sql, user_id: sql })),
        () => graphql('query ($sql: ID!) { event(id: $sql) { id } }'),
        () => graphql(`query ($sql: ID) { bookings(userId: $sql) { edges { node ${ALL_OF_A_BOOKING} } } }`),
        () => graphql(`{ bookings(eventId: "${eventId}") { edges { node ${ALL_OF_A_BOOKING} } } }`),
        () => graphql('query ($sql: String) { events(after: $sql) { edges { cursor } } }'),
        () => graphql(`mutation ($sql: ID!) { cancelBooking(id: $sql) ${ALL_OF_A_BOOKING} }`),
        () => graphql(BOOK, { eventId, idempotencyKey: sql }),
        () => graphql(BOOK, { eventId: sql, idempotencyKey: sql }),
        () =>
          graphql(
            `query ($s: BookingStatus) { bookings(status: "${sql.replaceAll(/["\\]/g, '')}") { edges { cursor } } }`,
          ),
      ])();
    },
    harmless: isNothing,
  },
  {
    name: 'idempotency keys abused',
    count: 300,
    send: (stage, from, random) => {
      const idempotencyKey = random.pick(KEYS);
      if (random.chance(0.3)) {
        const i = { eventId: stage.repeatersEventId, idempotencyKey: 'again', quantity: random.int(2, 9) };
        return askGraphql(stage, from, stage.repeater, { query: BOOK, variables: { i } });
      }
      const i = { eventId: stage.eventId, idempotencyKey, quantity: random.pick([2, 2_147_483_647, -1, 1.5]) };
      return askGraphql(stage, from, random.pick(stage.buyers), { query: BOOK, variables: { i } });
    },
    harmless: isNothing,
  },
  {
    name: 'huge and odd ids',
    count: 300,
    send: (stage, from, random) => {
      const id = random.pick(IDS);
      const headers = random.pick(stage.buyers);
      const graphql = (query: string) => askGraphql(stage, from, headers, { query, variables: { id } });
      return random.pick([
        () => ask(stage, from, { path: `/event/${encodeURIComponent(id)}`, headers }),
        () => ask(stage, from, { path: `/booking/${encodeURIComponent(id)}`, headers }),
        () => ask(stage, from, jsonBody('/book', headers, { event_id: id })),
        () => graphql('query ($id: ID!) { event(id: $id) { id } }'),
        () => graphql(`query ($id: ID!) { booking(id: $id) ${ALL_OF_A_BOOKING} }`),
        () => graphql('mutation ($id: ID!) { bookTicket(input: { eventId: $id }) { ... on BookingRefused { code } } }'),
      ])();
    },
    harmless: isNothing,
  },
];
