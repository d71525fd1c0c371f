import { BOOKING_STATUSES } from '../../src/bookings/booking-status.ts';
import { bookTicket, createEvent, graphqlData } from '../../test/support/graphql-client.ts';
import { send } from '../../test/support/http-client.ts';
import { LIMITED_EVENT, SEEDED_EVENT, seededUser, seededUsers } from '../seed/seeded-rows.ts';
import { watch } from '../stage/watch.ts';
import { warmUp } from './autocannon.ts';
import { bodiesFor, GRAPHQL } from './booking-requests.ts';
import { cursor } from './read-requests.ts';

const LARGEST_PAGE = 100;
const BOOKING = 'id reference userId quantity status createdAt event { title } tickets { code }';
const PAGE = `query ($eventId: ID, $userId: ID, $status: BookingStatus, $after: String) {
  bookings(eventId: $eventId, userId: $userId, status: $status, first: ${LARGEST_PAGE}, after: $after) {
    edges { node { ${BOOKING} } }
  }
}`;
const EVENT = 'id title capacity';
const EVENTS = `query ($after: String) {
  events(first: ${LARGEST_PAGE}, after: $after) { edges { node { ${EVENT} } } }
}`;
const CANCEL = `mutation ($id: ID!) { cancelBooking(id: $id) { status } }`;
const TICKETS = 'query ($id: ID!) { booking(id: $id) { tickets { id qrPayload } } }';
const CHECK_IN = 'mutation ($input: CheckInInput!) { checkIn(input: $input) { __typename } }';
const BATCH = `mutation ($eventId: ID!, $scans: [OfflineScanInput!]!) {
  checkInBatch(eventId: $eventId, scans: $scans) { __typename } }`;
const UNDO = 'mutation ($id: ID!) { undoCheckIn(ticketId: $id, reason: "mistake") { id } }';
const UPDATE = `mutation ($id: ID!) {
  updateEvent(id: $id, expectedVersion: 1, input: { capacity: 2 }) { __typename } }`;
const CANCEL_EVENT = 'mutation ($id: ID!) { cancelEvent(id: $id, reason: "rain") { status } }';
const HOLD = `mutation ($input: BookTicketInput!) {
  bookTicket(input: $input) { ... on Booking { id status expiresAt } } }`;
const EXTEND = 'mutation ($id: ID!) { extendHold(id: $id, holdSeconds: 700) { ... on Booking { expiresAt } } }';
const CONFIRM = `mutation ($id: ID!) { confirmBooking(id: $id, idempotencyKey: "pay") { ... on Booking { status } } }`;
const JOIN = `mutation ($input: JoinWaitingListInput!) {
  joinWaitingList(input: $input) { ... on WaitingListEntry { id ahead booking { id } } } }`;
const ENTRY = 'query ($id: ID!) { waitingListEntry(id: $id) { status ahead booking { id status } } }';
const LEAVE = 'mutation ($id: ID!) { leaveWaitingList(id: $id) { status } }';
const WAITING = 'query ($id: ID!) { eventStats(eventId: $id) { waitingCount } }';
const SCANNED_BOOKING = 4;
const ABSENT = 999_999;

/** Sends each request that the API has to a seeded box office, and bookings under load. @throws on an answer that is an error */
export async function sendEveryRequest(url: string, bookings: number): Promise<void> {
  const read = (text: string, variables: Record<string, unknown> = {}) => graphqlData<object>(url, text, variables);
  for (const variables of everyPage(bookings)) await read(PAGE, variables);
  for (const after of [null, cursor(2), cursor(1)]) {
    await read(EVENTS, { after });
  }
  for (const id of [SEEDED_EVENT, LIMITED_EVENT, ABSENT]) {
    await read(`query ($id: ID!) { event(id: $id) { ${EVENT} } eventStats(eventId: $id) { bookedCount } }`, { id });
  }
  for (const id of [1, bookings / 2, bookings, bookings * 2]) {
    await read(`query ($id: ID!) { booking(id: $id) { ${BOOKING} } }`, { id });
  }
  await read('{ report { totalReserved } }');
  for (const path of ['event', 'event/1', 'event/1/stats', 'report', 'report/event/1', 'readyz', 'metrics']) {
    await sent(url, `/${path}`);
  }
  await sent(url, `/booking/${bookings / 2}`);
  for (const query of [`event_id=${SEEDED_EVENT}`, `user_id=${seededUser(0)}`]) await sent(url, `/booking?${query}`);
  await sent(url, `/event/${SEEDED_EVENT}/bookings.csv`);
  await scanAtTheDoor(url);
  await bookAndCancel(url, bookings);
  await waitForPlaces(url);
}

function everyPage(bookings: number): Record<string, unknown>[] {
  const users = [0, 0.3, 0.5, 0.99].map((part) => seededUser(Math.floor(part * seededUsers(bookings))));
  const of = <T>(values: readonly T[]) => [undefined, ...values];
  return of([SEEDED_EVENT, LIMITED_EVENT, ABSENT]).flatMap((eventId) =>
    of([...users, 'nobody']).flatMap((userId) =>
      of(BOOKING_STATUSES).flatMap((status) =>
        of([bookings / 2, 1_000, 1].map(cursor)).map((after) => ({ eventId, userId, status, after })),
      ),
    ),
  );
}

/** A ticket that is FINALIZED and stays so, of the seeded event. */
async function scanAtTheDoor(url: string): Promise<void> {
  const { booking } = await graphqlData<{ booking: { tickets: { id: string; qrPayload: string }[] } }>(url, TICKETS, {
    id: SCANNED_BOOKING,
  });
  const [{ id, qrPayload }] = booking.tickets as [{ id: string; qrPayload: string }];
  const by = { qrPayload, deviceId: 'gate-1' };
  for (const nonce of ['first', 'first', 'second']) {
    await graphqlData(url, CHECK_IN, { input: { eventId: SEEDED_EVENT, nonce, ...by } });
  }
  await graphqlData(url, UNDO, { id });
  const scan = { ...by, nonce: 'offline', scannedAt: new Date() };
  await graphqlData(url, BATCH, { eventId: SEEDED_EVENT, scans: [scan, { ...scan, nonce: 'again' }] });
  await sent(url, `/event/${SEEDED_EVENT}/check-in-stats`);
}

async function bookAndCancel(url: string, bookings: number): Promise<void> {
  const watched = [SEEDED_EVENT, LIMITED_EVENT].map((id) =>
    watch(url, 'subscription ($id: ID!) { eventBookingsChanged(eventId: $id) { id status } }', { id }, () => undefined),
  );
  const small = Number(await createEvent(url, { capacity: 1 }));
  for (const eventId of [SEEDED_EVENT, LIMITED_EVENT, small, ABSENT]) {
    for (const user of ['nobody', seededUser(0), seededUser(seededUsers(bookings) - 1)]) {
      const input = { eventId, userId: user, idempotencyKey: `key-${eventId}` };
      const answer = await bookTicket(url, input);
      await bookTicket(url, input);
      if ('id' in answer) await graphqlData(url, CANCEL, { id: answer.id });
      if (eventId !== ABSENT) await holdAndConfirm(url, eventId, user);
    }
  }
  await sent(url, '/book', { event_id: LIMITED_EVENT, user_id: 7, quantity: 1 });
  // Of the rounds whose bookings are FINALIZED.
  for (const id of [1, 2, seededUsers(bookings)]) await graphqlData(url, CANCEL, { id });
  await sent(url, '/booking/3/cancel', {});
  for (const eventId of [SEEDED_EVENT, LIMITED_EVENT]) await warmUp(url + GRAPHQL.path, bodiesFor(GRAPHQL, [eventId]));
  await graphqlData(url, UPDATE, { id: small });
  await graphqlData(url, CANCEL_EVENT, { id: small });
  for (const end of watched) await end();
}

async function holdAndConfirm(url: string, eventId: number, userId: string): Promise<void> {
  const { bookTicket: held } = await graphqlData<{ bookTicket: { id?: string } }>(url, HOLD, {
    input: { eventId, userId, holdSeconds: 600 },
  });
  if (held.id === undefined) return;
  await graphqlData(url, EXTEND, { id: held.id });
  for (let times = 0; times < 2; times++) await graphqlData(url, CONFIRM, { id: held.id });
  await graphqlData(url, CANCEL, { id: held.id });
}

async function waitForPlaces(url: string): Promise<void> {
  const eventId = Number(await createEvent(url, { capacity: 1 }));
  const { bookTicket: held } = await graphqlData<{ bookTicket: { id: string } }>(url, HOLD, {
    input: { eventId, userId: 'holder', holdSeconds: 600 },
  });
  const entries: string[] = [];
  for (const userId of ['first', 'second', 'third']) {
    const input = { eventId, userId, email: `${userId}@buyers.example` };
    const { joinWaitingList } = await graphqlData<{ joinWaitingList: { id: string } }>(url, JOIN, { input });
    entries.push(joinWaitingList.id);
  }
  await graphqlData(url, WAITING, { id: eventId });
  await sent(url, `/event/${eventId}/waiting-list`);
  await graphqlData(url, CANCEL, { id: held.id });
  for (const id of entries) {
    await graphqlData(url, ENTRY, { id });
    await sent(url, `/waiting-list/${id}`);
    await graphqlData(url, LEAVE, { id });
  }
}

async function sent(url: string, path: string, body?: object): Promise<void> {
  const { status, text } = await send(url, { path, body });
  if (status !== 200) throw new Error(`${path}: ${status} ${text}`);
}
