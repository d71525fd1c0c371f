import { eventually } from '../../support/eventually.ts';
import { createEvent, graphqlData } from '../../support/graphql-client.ts';
import type { HttpClient } from '../../support/http-client.ts';
import { SQL_TEXTS } from '../../support/leaks.ts';
import { bearer } from '../../support/tokens.ts';

export type Headers = Readonly<Record<string, string>>;

/** Linux takes all of 127.0.0.0/8 for itself. */
const on = (address: string) => (process.platform === 'linux' ? address : '127.0.0.1');
export const ATTACKERS = ['127.0.0.2', '127.0.0.3', '127.0.0.4'].map(on);
export const SLOW_ATTACKER = on('127.0.0.5');
export const SOCKET_HOARDER = on('127.0.0.6');
export const CROWD = on('127.0.0.7');
/** More than ADDRESS_MAX_REQUESTS of the run, which is no less than what the other attackers send at a time. */
export const CROWD_SIZE = 60;

export const VICTIM = 'victim-4711';
export const VICTIMS_KEY = 'order-of-the-victim-0815';

/** Everything the attackers know, and what they must not see. */
export interface Stage {
  readonly url: string;
  /** By the address that they send from. */
  readonly clients: ReadonlyMap<string, HttpClient>;
  /** Good tokens of buyers; those who sign in as SQL are among them. */
  readonly buyers: readonly Headers[];
  readonly sqlBuyers: readonly Headers[];
  readonly greedy: Headers;
  readonly repeater: Headers;
  /** Sold out, all to the victim. */
  readonly eventId: number;
  readonly repeatersEventId: number;
  readonly victims: readonly VictimsBooking[];
  /** On the waiting list of that event. */
  readonly victimsEntryId: string;
  readonly secrets: readonly string[];
}

export interface VictimsBooking {
  readonly id: string;
  readonly reference: string;
  readonly status: string;
  readonly version: number;
  readonly quantity: number;
  readonly tickets: readonly { readonly code: string }[];
}

const JOIN = `mutation ($input: JoinWaitingListInput!) {
  joined: joinWaitingList(input: $input) { ... on WaitingListEntry { id } } }`;
const BOOK = 'mutation ($input: BookTicketInput!) { bookTicket(input: $input) { ... on Booking { id } } }';

export async function setStage(url: string, organizer: Headers, clients: Stage['clients']): Promise<Stage> {
  const eventId = Number(await createEvent(url, { capacity: 3 }, organizer));
  const repeatersEventId = Number(await createEvent(url, { capacity: 100 }, organizer));
  const [victim, repeater] = [await bearer(VICTIM), await bearer('repeater')];
  const book = (input: object, headers: Headers) => graphqlData(url, BOOK, { input }, headers);
  await book({ eventId, quantity: 2, idempotencyKey: VICTIMS_KEY }, victim);
  await book({ eventId }, victim);
  await book({ eventId: repeatersEventId, idempotencyKey: 'again' }, repeater);
  const { joined } = await graphqlData<{ joined: { id: string } }>(url, JOIN, { input: { eventId } }, victim);
  const victims = await eventually(() => finalizedOfVictim(url, organizer), { intervalMs: 200 });
  const codes = victims.flatMap(({ tickets }) => tickets.map(({ code }) => code));
  return {
    url,
    clients,
    buyers: await Promise.all(Array.from({ length: 200 }, (_, i) => bearer(`attacker-${i}`))),
    sqlBuyers: await Promise.all(SQL_TEXTS.map((text) => bearer(text))),
    greedy: await bearer('greedy'),
    repeater,
    eventId,
    repeatersEventId,
    victims,
    victimsEntryId: joined.id,
    secrets: [...victims.map(({ reference }) => reference), ...codes],
  };
}

export async function bookingsOfVictim(url: string, organizer: Headers): Promise<VictimsBooking[]> {
  const query = `query ($userId: ID!) { bookings(userId: $userId) {
    edges { node { id reference status version quantity tickets { code } } } } }`;
  interface Page {
    bookings: { edges: { node: VictimsBooking }[] };
  }
  const { bookings } = await graphqlData<Page>(url, query, { userId: VICTIM }, organizer);
  return bookings.edges.map(({ node }) => node);
}

/** What has become of the victim's wait. */
export async function waitOfVictim({ url, victimsEntryId }: Stage, organizer: Headers): Promise<unknown> {
  const query = 'query ($id: ID!) { waitingListEntry(id: $id) { userId status ahead } }';
  return graphqlData<object>(url, query, { id: victimsEntryId }, organizer);
}

async function finalizedOfVictim(url: string, organizer: Headers): Promise<VictimsBooking[]> {
  const bookings = await bookingsOfVictim(url, organizer);
  if (bookings.some(({ status }) => status !== 'FINALIZED')) throw new Error(JSON.stringify(bookings));
  return bookings;
}
