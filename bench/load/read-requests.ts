import { SEEDED_EVENT, SEEDED_USER } from '../seed/seeded-rows.ts';

const PAGE_SIZE = 20;
const NODE =
  'edges { cursor node { id reference userId quantity status createdAt } } pageInfo { hasNextPage endCursor }';

export interface Read {
  readonly id: string;
  readonly what: string;
  /** For a legend. */
  readonly short: string;
  readonly body: (bookings: number) => string;
  readonly isRight: (data: Record<string, never>, bookings: number) => boolean;
}

/** What dashboards and buyers ask for, with answers of the same size however many bookings there are. */
export const READS: readonly Read[] = [
  {
    id: 'stats',
    what: 'eventStats of the event with all of them',
    short: 'eventStats',
    body: () =>
      query('query ($id: ID!) { eventStats(eventId: $id) { capacity bookedCount pendingCount finalizedCount } }', {
        id: SEEDED_EVENT,
      }),
    isRight: (data, bookings) => (data as unknown as Stats).eventStats.finalizedCount >= bookings,
  },
  {
    id: 'event-page',
    what: '20 bookings from the middle of an event',
    short: 'page of an event',
    body: (bookings) =>
      query(
        `query ($id: ID!, $after: String) { bookings(eventId: $id, first: ${PAGE_SIZE}, after: $after) { ${NODE} } }`,
        {
          id: SEEDED_EVENT,
          after: cursor(bookings / 2),
        },
      ),
    isRight: isFullPage,
  },
  {
    id: 'user-page',
    what: 'the newest 20 bookings of a user',
    short: 'page of a user',
    body: () =>
      query(`query ($id: ID!) { bookings(userId: $id, first: ${PAGE_SIZE}) { ${NODE} } }`, { id: SEEDED_USER }),
    isRight: isFullPage,
  },
];

interface Stats {
  readonly eventStats: { readonly finalizedCount: number };
}

interface BookingsPage {
  readonly bookings: { readonly edges: readonly unknown[] };
}

function isFullPage(data: unknown): boolean {
  return (data as BookingsPage).bookings.edges.length === PAGE_SIZE;
}

function query(text: string, variables: Record<string, unknown>): string {
  return JSON.stringify({ query: text, variables });
}

/** As the API hands them out. */
function cursor(id: number): string {
  return Buffer.from(`after:${id}`).toString('base64url');
}
