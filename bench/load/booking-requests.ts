/** Each body is of a user of its own, so many that no user's rows stand together. */
export const USERS = 1_000;

const BOOK_TICKET = `mutation BookTicket($input: BookTicketInput!) {
  bookTicket(input: $input) {
    __typename
    ... on Booking { id reference status }
    ... on BookingRefused { code message retryable retryAfterMs availableCount }
  }
}`;

/** How a booking is asked for, and what is an answer. */
export interface Api {
  readonly name: 'GraphQL' | 'REST';
  readonly path: string;
  readonly body: (eventId: number, user: number) => string;
  /** `booked`, the code of the refusal, or what else came. */
  readonly outcome: (status: number, answer: string) => string;
}

export const GRAPHQL: Api = {
  name: 'GraphQL',
  path: '/graphql',
  body: (eventId, user) =>
    JSON.stringify({ query: BOOK_TICKET, variables: { input: { eventId, userId: String(user), quantity: 1 } } }),
  outcome: (status, answer) => {
    const { data } = JSON.parse(answer) as { data?: { bookTicket?: { __typename: string; code?: string } } };
    if (data?.bookTicket?.__typename === 'Booking') return 'booked';
    return data?.bookTicket?.code ?? `${status} ${answer}`;
  },
};

export const REST: Api = {
  name: 'REST',
  path: '/book',
  body: (eventId, user) => JSON.stringify({ event_id: eventId, user_id: user, quantity: 1 }),
  outcome: (status, answer) => {
    if (status === 200) return 'booked';
    return (JSON.parse(answer) as { code?: string }).code ?? `${status} ${answer}`;
  },
};

/** One body per user, or per event when there are more events than users. */
export function bodiesFor(api: Api, eventIds: readonly number[]): string[] {
  const count = Math.max(USERS, eventIds.length);
  return Array.from({ length: count }, (_, i) => api.body(eventIds[i % eventIds.length] as number, i + 1));
}
