/** Each body is of a user of its own, so many that no user's rows stand together. */
export const USERS = 1_000;

const BOOK_TICKET = `mutation BookTicket($input: BookTicketInput!) {
  bookTicket(input: $input) {
    __typename
    ... on Booking { id reference status }
    ... on BookingRefused { code message retryable retryAfterMs availableCount }
  }
}`;

/** How a booking is asked for. */
export interface Api {
  readonly name: 'GraphQL' | 'REST';
  readonly path: string;
  readonly body: (eventId: number, user: number) => string;
}

export const GRAPHQL: Api = {
  name: 'GraphQL',
  path: '/graphql',
  body: (eventId, user) =>
    JSON.stringify({ query: BOOK_TICKET, variables: { input: { eventId, userId: String(user), quantity: 1 } } }),
};

export const REST: Api = {
  name: 'REST',
  path: '/book',
  body: (eventId, user) => JSON.stringify({ event_id: eventId, user_id: user, quantity: 1 }),
};

/** One body per user, or per event when there are more events than users. */
export function bodiesFor(api: Api, eventIds: readonly number[]): string[] {
  const count = Math.max(USERS, eventIds.length);
  return Array.from({ length: count }, (_, i) => api.body(eventIds[i % eventIds.length] as number, i + 1));
}
