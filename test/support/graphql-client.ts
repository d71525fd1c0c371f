import type { StoredBooking } from './booking-promises.ts';
import { eventually } from './eventually.ts';
import { send } from './http-client.ts';

export interface GraphqlAnswer<T = Record<string, never>> {
  readonly status: number;
  readonly data: T | null;
  readonly errors?: readonly { message: string; path?: (string | number)[]; extensions: { code: string } }[];
}

/** One GraphQL request over HTTP, with whatever comes back. */
export async function graphql<T = never>(
  url: string,
  query: string,
  variables: Record<string, unknown> = {},
  headers: Record<string, string> = {},
): Promise<GraphqlAnswer<T>> {
  const { status, body } = await send(url, { path: '/graphql', headers, body: { query, variables } });
  return { status, ...(body as Omit<GraphqlAnswer<T>, 'status'>) };
}

/** The data of a request that must succeed. */
export async function graphqlData<T>(
  url: string,
  query: string,
  variables: Record<string, unknown> = {},
  headers: Record<string, string> = {},
): Promise<T> {
  const { data, errors } = await graphql<T>(url, query, variables, headers);
  if (errors || !data) throw new Error(`GraphQL errors: ${JSON.stringify(errors)}`);
  return data;
}

export type BookTicketAnswer =
  | { __typename: 'Booking'; id: string; reference: string; status: string; quantity: number; version: number }
  | {
      __typename: 'BookingRefused';
      code: string;
      message: string;
      retryable: boolean;
      retryAfterMs: number | null;
      availableCount: number | null;
    };

const BOOK_TICKET = `mutation BookTicket($input: BookTicketInput!) {
  bookTicket(input: $input) {
    __typename
    ... on Booking { id reference status quantity version }
    ... on BookingRefused { code message retryable retryAfterMs availableCount }
  }
}`;

export async function createEvent(
  url: string,
  input: Record<string, unknown>,
  headers: Record<string, string> = {},
): Promise<string> {
  const query = 'mutation CreateEvent($input: CreateEventInput!) { createEvent(input: $input) { id } }';
  const variables = { input: { title: 'Concert', ...input } };
  const { createEvent } = await graphqlData<{ createEvent: { id: string } }>(url, query, variables, headers);
  return createEvent.id;
}

export async function bookTicket(
  url: string,
  input: Record<string, unknown>,
  headers: Record<string, string> = {},
): Promise<BookTicketAnswer> {
  const variables = { input: { userId: 'alice', ...input } };
  const { bookTicket } = await graphqlData<{ bookTicket: BookTicketAnswer }>(url, BOOK_TICKET, variables, headers);
  return bookTicket;
}

export interface Stats {
  readonly capacity: number;
  readonly bookedCount: number;
  readonly availableCount: number;
  readonly pendingCount: number;
  readonly finalizedCount: number;
}

const STATS = `query ($eventId: ID!) {
  eventStats(eventId: $eventId) { capacity bookedCount availableCount pendingCount finalizedCount } }`;

export async function statsOf(url: string, eventId: string): Promise<Stats> {
  return (await graphqlData<{ eventStats: Stats }>(url, STATS, { eventId })).eventStats;
}

/** @returns the numbers once every booked place is finalized */
export function allFinalized(url: string, eventId: string, timeoutMs = 30_000): Promise<Stats> {
  return eventually(
    async () => {
      const stats = await statsOf(url, eventId);
      if (stats.pendingCount > 0 || stats.finalizedCount !== stats.bookedCount) throw new Error(JSON.stringify(stats));
      return stats;
    },
    { timeoutMs, intervalMs: 100 },
  );
}

/** Every booking of the event, as the API tells it, by its id. */
export async function bookingsOf(url: string, eventId: string): Promise<Map<string, StoredBooking>> {
  const query = `query ($eventId: ID!, $after: String) { bookings(eventId: $eventId, first: 100, after: $after) {
    edges { node { id reference eventId userId quantity status } } pageInfo { hasNextPage endCursor } } }`;
  const found = new Map<string, StoredBooking>();
  for (let after: string | null = null, more = true; more; ) {
    const { bookings }: BookingsPage = await graphqlData<BookingsPage>(url, query, { eventId, after });
    for (const { node } of bookings.edges) found.set(node.id, node);
    after = bookings.pageInfo.endCursor;
    more = bookings.pageInfo.hasNextPage;
  }
  return found;
}

interface BookingsPage {
  bookings: { edges: { node: StoredBooking }[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } };
}
