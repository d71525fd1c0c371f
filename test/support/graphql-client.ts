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
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query, variables }),
  });
  return { status: response.status, ...((await response.json()) as Omit<GraphqlAnswer<T>, 'status'>) };
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

export async function bookTicket(url: string, input: Record<string, unknown>): Promise<BookTicketAnswer> {
  const { bookTicket } = await graphqlData<{ bookTicket: BookTicketAnswer }>(url, BOOK_TICKET, {
    input: { userId: 'alice', ...input },
  });
  return bookTicket;
}
