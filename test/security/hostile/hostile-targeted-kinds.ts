import { SQL_TEXTS, withoutQuotes } from '../../support/leaks.ts';
import { badTokens } from '../handmade-token.ts';
import { isNothing } from './hostile-answer.ts';
import { asking, CREATE, inGraphql } from './hostile-http.ts';
import type { HostileKind } from './hostile-kind.ts';
import { VICTIM, VICTIMS_KEY } from './hostile-stage.ts';

const ALL_OF_A_BOOKING = '{ id reference userId status tickets { code } }';
const BOOK = `mutation ($i: BookTicketInput!) {
  bookTicket(input: $i) { ... on Booking { reference userId } ... on BookingRefused { code } } }`;
const UPDATE = `mutation ($id: ID!) {
  updateEvent(id: $id, expectedVersion: 1, input: { title: "Mine" }) { ... on Event { id } } }`;
const CANCEL_EVENT = 'mutation ($id: ID!) { cancelEvent(id: $id, reason: "Mine") { id } }';
const CONFIRM = `mutation ($id: ID!, $text: String) {
  confirmBooking(id: $id, idempotencyKey: $text, paymentReference: $text) {
    ... on Booking { reference userId } ... on BookingRefused { code } } }`;
const JOIN = `mutation ($i: JoinWaitingListInput!) {
  joinWaitingList(input: $i) { ... on WaitingListEntry { id userId } ... on BookingRefused { code } } }`;
const LEAVE = 'mutation ($id: ID!) { leaveWaitingList(id: $id) { userId } }';
const IDS = ['0', '-1', '2147483648', '99999999999999999999', '1e309', '1.5', '٣', 'NaN', '0x1', ' ', '1'.repeat(150)];
const KEYS = ['', 'k'.repeat(256), 'k\u0000', '\ud800', VICTIMS_KEY, '"'.repeat(255), 'again'];

const bookingOf = (id: string) => `{ booking(id: "${id}") ${ALL_OF_A_BOOKING} }`;
const bookingsOfEvent = (id: number) => `{ bookings(eventId: "${id}") { edges { node ${ALL_OF_A_BOOKING} } } }`;

export const TARGETED_KINDS: readonly HostileKind[] = [
  asking('forged, expired and unsigned tokens', 600, ({ eventId, victims }, random) => {
    const headers = { authorization: random.pick(badTokens(VICTIM)) };
    const path = random.pick(['/event', `/event/${eventId}`, '/report', `/booking/${victims[0]?.id}`]);
    if (random.chance(0.5)) return { path, headers };
    return inGraphql(headers, random.pick(['{ report { totalCapacity } }', '{ __typename }']));
  }),
  asking(
    "others' bookings",
    900,
    ({ buyers, eventId, victims, victimsEntryId }, random) => {
      const { id } = random.pick(victims);
      const headers = random.pick(buyers);
      const i = { eventId, userId: VICTIM, idempotencyKey: VICTIMS_KEY, quantity: 2 };
      return random.pick([
        { path: `/booking/${id}`, headers },
        { path: `/booking/${id}/cancel`, headers, body: {} },
        { path: `/booking/${id}/confirm`, headers, body: { payment_reference: 'mine' } },
        { path: `/booking/${id}/extend-hold`, headers, body: { hold_seconds: 600 } },
        inGraphql(headers, CONFIRM, { id }),
        { path: `/waiting-list/${victimsEntryId}`, headers },
        { path: `/waiting-list/${victimsEntryId}/leave`, headers, body: {} },
        { path: `/event/${eventId}/waiting-list`, headers, body: { user_id: 1 } },
        inGraphql(headers, `{ waitingListEntry(id: "${victimsEntryId}") { userId } }`),
        inGraphql(headers, LEAVE, { id: victimsEntryId }),
        inGraphql(headers, JOIN, { i: { eventId, userId: VICTIM } }),
        { path: `/booking?user_id=${VICTIM}`, headers },
        { path: `/booking?event_id=${eventId}&status=FINALIZED`, headers },
        { path: '/book', headers, body: { event_id: eventId, user_id: 1 } },
        inGraphql(headers, bookingOf(id)),
        inGraphql(headers, `mutation ($id: ID!) { cancelBooking(id: $id) ${ALL_OF_A_BOOKING} }`, { id }),
        inGraphql(headers, `{ bookings(userId: "${VICTIM}") { edges { node ${ALL_OF_A_BOOKING} } } }`),
        inGraphql(headers, bookingsOfEvent(eventId)),
        inGraphql(headers, BOOK, { i }),
      ]);
    },
    isNothing,
  ),
  asking("organizers' operations by buyers", 400, ({ buyers, eventId }, random) => {
    const headers = random.chance(0.2) ? {} : random.pick(buyers);
    return random.pick([
      { path: '/report', headers },
      { path: `/report/event/${eventId}`, headers },
      { path: `/event/${eventId}/bookings.csv`, headers },
      { path: '/event', headers, body: { title: 'Mine', capacity: 1 } },
      { method: 'PATCH', path: `/event/${eventId}`, headers, body: { expected_version: 1, capacity: 1_000 } },
      { path: `/event/${eventId}/cancel`, headers, body: { reason: 'Mine' } },
      inGraphql(headers, '{ report { totalCapacity totalReserved } }'),
      inGraphql(headers, CREATE),
      inGraphql(headers, UPDATE, { id: eventId }),
      inGraphql(headers, CANCEL_EVENT, { id: eventId }),
    ]);
  }),
  asking(
    'id scanning',
    400,
    ({ buyers }, random) => {
      const headers = random.pick(buyers);
      const id = `${random.int(0, 300)}`;
      return random.chance(0.5) ? { path: `/booking/${id}`, headers } : inGraphql(headers, bookingOf(id));
    },
    isNothing,
  ),
  asking(
    'SQL in every text',
    500,
    ({ buyers, eventId, sqlBuyers }, random) => {
      const sql = random.pick(SQL_TEXTS);
      const headers = random.pick([...sqlBuyers, ...buyers.slice(0, 20)]);
      return random.pick([
        { path: `/booking/${encodeURIComponent(sql)}`, headers },
        { path: `/event?after=${encodeURIComponent(sql)}`, headers },
        { path: `/booking?user_id=${encodeURIComponent(sql)}`, headers },
        { path: `/booking?status=${encodeURIComponent(sql)}&event_id=${encodeURIComponent(sql)}`, headers },
        { path: '/book', headers: { ...headers, 'idempotency-key': sql }, body: { event_id: eventId } },
        { path: '/book', headers, body: { event_id: sql, user_id: sql } },
        inGraphql(headers, 'query ($sql: ID!) { event(id: $sql) { id } }', { sql }),
        inGraphql(headers, `query ($sql: ID) { bookings(userId: $sql) { edges { node ${ALL_OF_A_BOOKING} } } }`, {
          sql,
        }),
        inGraphql(headers, bookingsOfEvent(eventId)),
        inGraphql(headers, 'query ($sql: String) { events(after: $sql) { edges { cursor } } }', { sql }),
        inGraphql(headers, `mutation ($sql: ID!) { cancelBooking(id: $sql) ${ALL_OF_A_BOOKING} }`, { sql }),
        { path: `/waiting-list/${encodeURIComponent(sql)}`, headers },
        inGraphql(headers, JOIN, { i: { eventId, email: sql } }),
        inGraphql(headers, JOIN, { i: { eventId: sql, holderName: sql } }),
        inGraphql(headers, CONFIRM, { id: sql, text: sql }),
        inGraphql(headers, BOOK, { i: { eventId, idempotencyKey: sql } }),
        inGraphql(headers, BOOK, { i: { eventId: sql, idempotencyKey: sql } }),
        inGraphql(headers, BOOK, { i: { eventId, email: sql } }),
        { path: '/book', headers, body: { event_id: eventId, email: `ada@buyers.example\r\nBcc: ${sql}` } },
        inGraphql(headers, `{ bookings(status: "${withoutQuotes(sql)}") { edges { cursor } } }`),
      ]);
    },
    isNothing,
  ),
  asking(
    'idempotency keys abused',
    300,
    ({ buyers, eventId, repeater, repeatersEventId }, random) => {
      if (random.chance(0.3)) {
        const i = { eventId: repeatersEventId, idempotencyKey: 'again', quantity: random.int(2, 9) };
        return inGraphql(repeater, BOOK, { i });
      }
      const quantity = random.pick([2, 2_147_483_647, -1, 1.5]);
      const holdSeconds = random.pick([null, 0, 86_401, 2_147_483_647, -1]);
      const i = { eventId, idempotencyKey: random.pick(KEYS), quantity, holdSeconds };
      return inGraphql(random.pick(buyers), BOOK, { i });
    },
    isNothing,
  ),
  asking(
    'huge and odd ids',
    300,
    ({ buyers }, random) => {
      const id = random.pick(IDS);
      const headers = random.pick(buyers);
      return random.pick([
        { path: `/event/${encodeURIComponent(id)}`, headers },
        { path: `/booking/${encodeURIComponent(id)}`, headers },
        { path: '/book', headers, body: { event_id: id } },
        inGraphql(headers, 'query ($id: ID!) { event(id: $id) { id } }', { id }),
        inGraphql(headers, `query ($id: ID!) { booking(id: $id) ${ALL_OF_A_BOOKING} }`, { id }),
        inGraphql(headers, BOOK, { i: { eventId: id } }),
      ]);
    },
    isNothing,
  ),
];
