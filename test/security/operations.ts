import { CloseCode } from 'graphql-ws';
import { eventually } from '../support/eventually.ts';
import { graphql } from '../support/graphql-client.ts';
import { send } from '../support/http-client.ts';
import { openSubscriber } from '../support/subscriber.ts';

/** `unknown`: exactly what is answered about something that does not exist. */
export type Outcome = 'ok' | 'unknown' | 'UNAUTHENTICATED' | 'FORBIDDEN';
export type Transport = keyof Transports;

interface RestRequest {
  readonly method: 'GET' | 'POST' | 'PATCH';
  readonly path: (eventId: unknown, bookingId: unknown, code: unknown, owner: unknown, entryId: unknown) => string;
  readonly body?: (eventId: number, ticket: GivenTicket) => object;
}

interface GivenTicket {
  readonly id: number;
  readonly code: string;
}

export interface Transports {
  /** A document with the variables $eventId, $bookingId, $entryId, $owner, $ticketId and $code, as far as it needs them. */
  readonly GraphQL?: string;
  readonly WebSocket?: string;
  readonly REST?: readonly RestRequest[];
}

const book = (input: string, more = '') =>
  `mutation ($eventId: ID! ${more}) { bookTicket(input: { eventId: $eventId ${input} }) { __typename } }`;

const wait = (input: string, more = '') =>
  `mutation ($eventId: ID! ${more}) { joinWaitingList(input: { eventId: $eventId ${input} }) { __typename } }`;

/** Every operation there is, and every way to ask for it. */
export const OPERATIONS = {
  event: {
    GraphQL: 'query ($eventId: ID!) { event(id: $eventId) { id stats { bookedCount } } }',
    REST: [{ method: 'GET', path: (event) => `/event/${event}` }],
  },
  events: {
    GraphQL: '{ events { edges { node { id } } } }',
    REST: [{ method: 'GET', path: () => '/event' }],
  },
  eventStats: {
    GraphQL: 'query ($eventId: ID!) { eventStats(eventId: $eventId) { bookedCount waitingCount } }',
    REST: [
      { method: 'GET', path: (event) => `/event/${event}/stats` },
      { method: 'GET', path: (event) => `/event/${event}/waiting-list` },
    ],
  },
  eventStatsChanged: {
    WebSocket: 'subscription ($eventId: ID!) { eventStatsChanged(eventId: $eventId) { bookedCount } }',
  },
  booking: {
    GraphQL: 'query ($bookingId: ID!) { booking(id: $bookingId) { id tickets { code } } }',
    REST: [{ method: 'GET', path: (_event, booking) => `/booking/${booking}` }],
  },
  'bookings of the owner': {
    GraphQL: 'query ($owner: ID!) { bookings(userId: $owner) { edges { node { id } } } }',
    REST: [{ method: 'GET', path: (_event, _booking, _code, owner) => `/booking?user_id=${owner}` }],
  },
  'bookings of whomever': {
    GraphQL: 'query ($eventId: ID!) { bookings(eventId: $eventId) { edges { node { id } } } }',
    REST: [{ method: 'GET', path: (event) => `/booking?event_id=${event}` }],
  },
  bookingStatusChanged: {
    WebSocket: 'subscription ($bookingId: ID!) { bookingStatusChanged(bookingId: $bookingId) { status } }',
  },
  'bookTicket for oneself': {
    GraphQL: book(''),
    REST: [{ method: 'POST', path: () => '/book', body: (event_id) => ({ event_id }) }],
  },
  'bookTicket for the owner': {
    GraphQL: book('userId: $owner', '$owner: ID!'),
    REST: [{ method: 'POST', path: () => '/book', body: (event_id) => ({ event_id, user_id: 1 }) }],
  },
  cancelBooking: {
    GraphQL: 'mutation ($bookingId: ID!) { cancelBooking(id: $bookingId) { status } }',
    REST: [{ method: 'POST', path: (_event, booking) => `/booking/${booking}/cancel` }],
  },
  confirmBooking: {
    GraphQL: 'mutation ($bookingId: ID!) { confirmBooking(id: $bookingId) { __typename } }',
    REST: [{ method: 'POST', path: (_event, booking) => `/booking/${booking}/confirm`, body: () => ({}) }],
  },
  extendHold: {
    GraphQL: 'mutation ($bookingId: ID!) { extendHold(id: $bookingId, holdSeconds: 700) { __typename } }',
    REST: [
      {
        method: 'POST',
        path: (_event, booking) => `/booking/${booking}/extend-hold`,
        body: () => ({ hold_seconds: 700 }),
      },
    ],
  },
  'joinWaitingList for oneself': {
    GraphQL: wait(''),
    REST: [{ method: 'POST', path: (event) => `/event/${event}/waiting-list`, body: () => ({}) }],
  },
  'joinWaitingList for the owner': {
    GraphQL: wait('userId: $owner', '$owner: ID!'),
    REST: [{ method: 'POST', path: (event) => `/event/${event}/waiting-list`, body: () => ({ user_id: 1 }) }],
  },
  waitingListEntry: {
    GraphQL: 'query ($entryId: ID!) { waitingListEntry(id: $entryId) { id ahead booking { id } } }',
    REST: [{ method: 'GET', path: (_event, _booking, _code, _owner, entry) => `/waiting-list/${entry}` }],
  },
  leaveWaitingList: {
    GraphQL: 'mutation ($entryId: ID!) { leaveWaitingList(id: $entryId) { status } }',
    REST: [{ method: 'POST', path: (_event, _booking, _code, _owner, entry) => `/waiting-list/${entry}/leave` }],
  },
  waitingListEntryChanged: {
    WebSocket: 'subscription ($entryId: ID!) { waitingListEntryChanged(id: $entryId) { status } }',
  },
  eventBookingsChanged: {
    WebSocket: 'subscription ($eventId: ID!) { eventBookingsChanged(eventId: $eventId) { id } }',
  },
  checkIn: {
    GraphQL: `mutation ($eventId: ID!, $code: String!) {
      checkIn(input: { eventId: $eventId, code: $code, deviceId: "gate-1", nonce: "n" }) { __typename } }`,
    REST: [
      {
        method: 'POST',
        path: () => '/check-in',
        body: (event_id, { code }) => ({ event_id, code, device_id: 'gate-1', nonce: 'n' }),
      },
    ],
  },
  checkInBatch: {
    GraphQL: 'mutation ($eventId: ID!) { checkInBatch(eventId: $eventId, scans: []) { __typename } }',
    REST: [{ method: 'POST', path: () => '/check-in/batch', body: (event_id) => ({ event_id, scans: [] }) }],
  },
  undoCheckIn: {
    GraphQL: 'mutation ($ticketId: ID!) { undoCheckIn(ticketId: $ticketId, reason: "mistake") { id } }',
    REST: [
      {
        method: 'POST',
        path: () => '/check-in/undo',
        body: (_event, { id }) => ({ ticket_id: id, reason: 'mistake' }),
      },
    ],
  },
  checkInStats: {
    GraphQL: 'query ($eventId: ID!) { checkInStats(eventId: $eventId) { redeemedCount } }',
    REST: [{ method: 'GET', path: (event) => `/event/${event}/check-in-stats` }],
  },
  checkInStatsChanged: {
    WebSocket: 'subscription ($eventId: ID!) { checkInStatsChanged(eventId: $eventId) { redeemedCount } }',
  },
  downloadBookings: {
    REST: [{ method: 'GET', path: (event) => `/event/${event}/bookings.csv` }],
  },
  createEvent: {
    GraphQL: 'mutation { createEvent(input: { title: "Concert", capacity: 1 }) { id } }',
    REST: [{ method: 'POST', path: () => '/event', body: () => ({ title: 'Concert', capacity: 1 }) }],
  },
  updateEvent: {
    GraphQL: `mutation ($eventId: ID!) {
      updateEvent(id: $eventId, expectedVersion: 1, input: { title: "Play" }) { ... on Event { id } } }`,
    REST: [
      { method: 'PATCH', path: (event) => `/event/${event}`, body: () => ({ expected_version: 1, title: 'Play' }) },
    ],
  },
  cancelEvent: {
    GraphQL: 'mutation ($eventId: ID!) { cancelEvent(id: $eventId, reason: "rain") { status } }',
    REST: [{ method: 'POST', path: (event) => `/event/${event}/cancel`, body: () => ({ reason: 'rain' }) }],
  },
  ticketDocument: {
    REST: [
      { method: 'GET', path: (_event, _booking, code) => `/tickets/${code}.svg` },
      { method: 'GET', path: (_event, _booking, code) => `/tickets/${code}.png` },
      { method: 'GET', path: (_event, _booking, code) => `/tickets/${code}.pdf` },
    ],
  },
  ticketSigningKeys: {
    REST: [{ method: 'GET', path: () => '/.well-known/boxoffice-keys.json' }],
  },
  salesCurve: {
    GraphQL: 'query ($eventId: ID!) { salesCurve(eventId: $eventId) { points { bookedCount } } }',
  },
  serviceHealth: {
    GraphQL: '{ serviceHealth { queueDepth oldestPendingAt subscriptionCount lastError { at message } } }',
  },
  report: {
    GraphQL: '{ report { totalCapacity } }',
    REST: [
      { method: 'GET', path: () => '/report' },
      { method: 'GET', path: (event) => `/report/event/${event}` },
    ],
  },
} as const satisfies Record<string, Transports>;

/** Whether it is about a ticket, which is there once the booking is final. */
export function isAboutTicket(operation: keyof typeof OPERATIONS): boolean {
  return ['checkIn', 'undoCheckIn', 'ticketDocument'].includes(operation);
}

/** Whether it is about a booking that is HELD. */
export function isAboutHold(operation: keyof typeof OPERATIONS): boolean {
  return ['confirmBooking', 'extendHold'].includes(operation);
}

/** Whether it is about an event that is sold out, and whoever waits for it. */
export function isAboutWaiting(operation: keyof typeof OPERATIONS): boolean {
  return /^(join|leave)WaitingList|^waitingListEntry/.test(operation);
}

export interface Given {
  readonly url: string;
  readonly websocketUrl: string;
  readonly headers: { authorization?: string };
  readonly eventId: number;
  readonly bookingId: number;
  readonly entryId: number;
  readonly owner: string;
  readonly ticket: GivenTicket;
  /** Books a place of the event, so that who watches it has something to see. */
  readonly bookAnother: () => Promise<unknown>;
}

const NOBODYS = { bookingId: 2_000_000_000, entryId: 2_000_000_000, owner: 'nobody' };

/** Asks, and says in one word what the answer was. */
export async function ask(operation: keyof typeof OPERATIONS, transport: Transport, given: Given): Promise<Outcome> {
  const transports: Transports = OPERATIONS[operation];
  const [answer, ...others] = new Set(await answers(transports, transport, given));
  if (answer === undefined || others.length > 0) throw new Error(`not one answer: ${[answer, ...others]}`);
  if (answer === 'ok' || answer === 'UNAUTHENTICATED' || answer === 'FORBIDDEN') return answer;
  const [ofNobody] = await answers(transports, transport, { ...given, ...NOBODYS });
  if (answer === ofNobody) return 'unknown';
  throw new Error(`${answer}\nbut of one that does not exist\n${ofNobody}`);
}

async function answers(transports: Transports, transport: Transport, given: Given): Promise<string[]> {
  if (transport === 'GraphQL') return [await overGraphql(transports.GraphQL as string, given)];
  if (transport === 'WebSocket') return [await overWebSocket(transports.WebSocket as string, given)];
  return Promise.all((transports.REST ?? []).map((request) => overRest(request, given)));
}

async function overGraphql(query: string, { url, headers, ...given }: Given): Promise<string> {
  const { data, errors } = await graphql<Record<string, unknown>>(url, query, variables(given), headers);
  return inOneWord(data, errors);
}

async function overWebSocket(query: string, { websocketUrl, headers, bookAnother, ...given }: Given): Promise<string> {
  const subscriber = openSubscriber(websocketUrl, headers);
  let closeCode: number | undefined;
  void subscriber.closed.then(({ code }) => {
    closeCode = code;
  });
  const { queue } = subscriber.subscribe<Record<string, unknown>>(query, variables(given));
  // Who watches all bookings sees only those that come after.
  await eventually(async () => {
    await bookAnother();
    return closeCode !== undefined || queue.unread.length > 0;
  });
  const message = closeCode === undefined ? await queue.next() : null;
  await subscriber.dispose();
  if (closeCode === CloseCode.Unauthorized || closeCode === CloseCode.Forbidden) return 'UNAUTHENTICATED';
  if (message?.kind === 'next') return inOneWord(message.data, message.errors as Errors);
  if (message?.kind === 'error') return inOneWord(null, message.error as Errors);
  throw new Error(`closed with ${closeCode}`);
}

type Errors = readonly { readonly message: string; readonly extensions: { readonly code: string } }[];

function inOneWord(data: Record<string, unknown> | null, errors: Errors | undefined): string {
  const [code] = new Set((errors ?? []).map(({ extensions }) => extensions.code));
  if (code === 'UNAUTHENTICATED' || code === 'FORBIDDEN') return code;
  const [value] = Object.values(data ?? {});
  const isSomething = value != null && JSON.stringify(value) !== '{"edges":[]}';
  return isSomething && !errors ? 'ok' : JSON.stringify({ data, errors });
}

async function overRest({ method, path, body }: RestRequest, given: Given): Promise<string> {
  const { url, headers, eventId, bookingId, ticket, owner, entryId } = given;
  const asked = {
    method,
    path: path(eventId, bookingId, ticket.code, owner, entryId),
    headers: { ...headers },
    body: body?.(eventId, ticket),
  };
  const answer = await send(url, asked);
  if (answer.status === 200 && !answer.text.startsWith('{"items":[]')) return 'ok';
  const { code = '' } = answer.body as { code?: string };
  const isExpected = { 401: 'UNAUTHENTICATED', 403: 'FORBIDDEN' }[answer.status] === code;
  return isExpected ? code : `${answer.status} ${answer.text}`;
}

function variables({
  eventId,
  bookingId,
  entryId,
  owner,
  ticket,
}: Omit<Given, 'url' | 'headers' | 'websocketUrl' | 'bookAnother'>) {
  return { eventId, bookingId, entryId, owner, ticketId: ticket.id, code: ticket.code };
}
