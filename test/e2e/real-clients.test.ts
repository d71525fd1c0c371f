import { ApolloClient, ApolloLink, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { OperationTypeNode } from 'graphql';
import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { book } from '../support/booking-watch.ts';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';
import { eventually } from '../support/eventually.ts';
import { createEvent, graphqlData } from '../support/graphql-client.ts';
import { SETUPS } from '../support/setups.ts';

const BOOKINGS = 250;
const USERS = 5;

interface Page {
  readonly bookings: {
    readonly edges: readonly { readonly cursor: string; readonly node: { readonly id: string } }[];
    readonly pageInfo: {
      readonly hasNextPage: boolean;
      readonly hasPreviousPage: boolean;
      readonly startCursor: string | null;
      readonly endCursor: string | null;
    };
  };
}

describe.each(SETUPS)('%s: without code of ours,', (setup) => {
  let office: BoxOffice;
  beforeAll(async () => {
    office = await openBoxOffice(setup);
  });
  afterAll(() => office.close());

  test('Apollo Client books over HTTP and watches over WebSocket until FINALIZED', async () => {
    const eventId = await createEvent(office.url, { capacity: 5 });
    const wsClient = createClient({ url: office.websocketUrl, webSocketImpl: WebSocket, retryAttempts: 0 });
    const client = new ApolloClient({
      cache: new InMemoryCache({ possibleTypes: { BookTicketResult: ['Booking', 'BookingRefused'] } }),
      link: ApolloLink.split(
        ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
        new GraphQLWsLink(wsClient),
        new HttpLink({ uri: `${office.url}/graphql` }),
      ),
    });
    try {
      const { data } = await client.mutate<{ bookTicket: { id: string; status: string } }>({
        mutation: gql`mutation ($eventId: ID!) {
          bookTicket(input: { eventId: $eventId, userId: "alice", quantity: 2 }) {
            ... on Booking { id status version }
            ... on BookingRefused { code message }
          }
        }`,
        variables: { eventId },
      });
      expect(data?.bookTicket).toMatchObject({ __typename: 'Booking', status: 'PENDING' });

      const statuses: string[] = [];
      const watching = client.subscribe<{ bookingStatusChanged: { status: string } }>({
        query: gql`subscription ($id: ID!) { bookingStatusChanged(bookingId: $id) { id status version tickets { code } } }`,
        variables: { id: data?.bookTicket.id },
      });
      await new Promise<void>((resolve, reject) => {
        watching.subscribe({
          next: (result) => statuses.push(result.data?.bookingStatusChanged.status ?? `${result.error}`),
          error: reject,
          complete: resolve,
        });
      });
      expect(statuses.at(-1)).toBe('FINALIZED');
      expect(statuses.filter((status) => status === 'FINALIZED')).toHaveLength(1);
    } finally {
      client.stop();
      await wsClient.dispose();
    }
  });

  test('fetch books and asks again until FINALIZED', async () => {
    const eventId = await createEvent(office.url, { capacity: 5 });
    const ask = async (query: string) => {
      const response = await fetch(`${office.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json' },
        body: JSON.stringify({ query }),
      });
      expect(response.headers.get('content-type')).toContain('application/graphql-response+json');
      return (await response.json()) as { data: { bookTicket: { id: string }; booking: { status: string } } };
    };
    const { bookTicket } = (
      await ask(`mutation { bookTicket(input: { eventId: ${eventId}, userId: "bob" }) { ... on Booking { id } } }`)
    ).data;
    await eventually(
      async () => (await ask(`{ booking(id: ${bookTicket.id}) { status } }`)).data.booking.status === 'FINALIZED',
    );
  });

  test(`pages of any size and filter visit each of ${BOOKINGS} bookings once, newest first`, async () => {
    const [eventId, other] = await Promise.all([
      createEvent(office.url, { capacity: 1_000 }),
      createEvent(office.url, { capacity: 1_000 }),
    ]);
    const made = await Promise.all(
      Array.from({ length: BOOKINGS }, (_, i) => book(office, { eventId, userId: `${setup}-${i % USERS}` })),
    );
    await book(office, { eventId: other, userId: `${setup}-0` });
    const all = made.map(({ id }) => Number(id)).sort((a, b) => b - a);
    await eventually(async () => {
      const { eventStats } = await graphqlData<{ eventStats: { pendingCount: number } }>(
        office.url,
        'query ($eventId: ID!) { eventStats(eventId: $eventId) { pendingCount } }',
        { eventId },
      );
      return eventStats.pendingCount === 0;
    });

    expect(await visited({ eventId, first: 100 })).toEqual(all);
    expect(await visited({ eventId, first: 37 })).toEqual(all);
    expect(await visited({ eventId, status: 'FINALIZED', first: 50 })).toEqual(all);
    expect(await visited({ eventId, status: 'PENDING', first: 50 })).toEqual([]);
    for (const user of [0, 1]) {
      const theirs = made.filter((_, i) => i % USERS === user).map(({ id }) => Number(id));
      expect(await visited({ eventId, userId: `${setup}-${user}`, first: 7 })).toEqual(theirs.sort((a, b) => b - a));
    }
    expect(await visited({ userId: `${setup}-0`, status: 'FINALIZED', first: 10 })).toHaveLength(BOOKINGS / USERS + 1);
  });

  async function visited(filter: Record<string, unknown>): Promise<number[]> {
    const query = `query ($eventId: ID, $userId: ID, $status: BookingStatus, $first: Int, $after: String) {
      bookings(eventId: $eventId, userId: $userId, status: $status, first: $first, after: $after) {
        edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      }
    }`;
    const ids: number[] = [];
    for (let after: string | null = null; ; ) {
      const { bookings }: Page = await graphqlData<Page>(office.url, query, { ...filter, after });
      ids.push(...bookings.edges.map(({ node }) => Number(node.id)));
      expect(bookings.pageInfo).toMatchObject({
        hasPreviousPage: after !== null,
        startCursor: bookings.edges.at(0)?.cursor ?? null,
        endCursor: bookings.edges.at(-1)?.cursor ?? null,
      });
      if (!bookings.pageInfo.hasNextPage) return ids;
      expect(bookings.edges).toHaveLength(filter['first'] as number);
      after = bookings.pageInfo.endCursor;
    }
  }
});

describe('GET /graphql', () => {
  let office: BoxOffice;
  beforeAll(async () => {
    office = await openBoxOffice('embedded');
  });
  afterAll(() => office.close());

  test('is Apollo Sandbox for a browser', async () => {
    const response = await fetch(`${office.url}/graphql`, { headers: { accept: 'text/html' } });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toContain('text/html');
    expect(await response.text()).toContain('embeddable-sandbox');
  });

  test('without a query is a 400 that says so to a program', async () => {
    const response = await fetch(`${office.url}/graphql`, { headers: { accept: 'application/json' } });
    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toContain('json');
    expect(await response.json()).toMatchObject({ errors: [{ message: expect.stringMatching(/quer|preflight/i) }] });
  });
});
