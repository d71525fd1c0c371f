import { SEEDED_EVENT, seededUser, seededUsers } from '../seed/seeded-rows.ts';

const PAGE_SIZE = 20;
const NODE =
  'edges { cursor node { id reference userId quantity status createdAt } } pageInfo { hasNextPage endCursor }';
/** So many that not all of their rows are in the memory that was used a moment ago. */
const MAX_USERS = 100;

export interface Read {
  readonly id: string;
  readonly what: string;
  /** For a legend; undefined when no chart has it. */
  readonly short?: string;
  /** For different users where there is a user. */
  readonly bodies: (bookings: number) => string[];
  // biome-ignore lint/suspicious/noExplicitAny: each knows what it has asked for
  readonly isRight: (data: any) => boolean;
}

type Filter = readonly ('eventId' | 'userId' | 'status')[];

const COMBINATIONS: readonly Filter[] = [
  [],
  ['eventId'],
  ['userId'],
  ['status'],
  ['eventId', 'userId'],
  ['eventId', 'status'],
  ['userId', 'status'],
  ['eventId', 'userId', 'status'],
];

const CHARTED: Readonly<Record<string, string>> = {
  'eventId/middle': 'page of an event',
  'userId/first': 'page of a user',
};

/** What dashboards and buyers ask for, with answers of the same size however many bookings there are. */
export const READS: readonly Read[] = [
  {
    id: 'stats',
    what: 'eventStats of the event with half of them',
    short: 'eventStats',
    bodies: () => [
      query('query ($id: ID!) { eventStats(eventId: $id) { capacity bookedCount pendingCount finalizedCount } }', {
        id: SEEDED_EVENT,
      }),
    ],
    isRight: (data) => data.eventStats.finalizedCount > 0,
  },
  ...COMBINATIONS.flatMap((filter) => [pageOf(filter, 'first'), pageOf(filter, 'middle')]),
];

export const PAGES = READS.filter(({ id }) => id.startsWith('page/'));

function pageOf(filter: Filter, where: 'first' | 'middle'): Read {
  const by = filter.length === 0 ? 'all' : filter.map((name) => name.replace('Id', '')).join(' + ');
  const name = `${filter.length === 0 ? 'all' : filter.join('+')}/${where}`;
  const text = `query ($eventId: ID, $userId: ID, $status: BookingStatus, $after: String) {
    bookings(eventId: $eventId, userId: $userId, status: $status, first: ${PAGE_SIZE}, after: $after) { ${NODE} }
  }`;
  return {
    id: `page/${name}`,
    what: `page of bookings by ${by}, ${where === 'first' ? 'the first' : 'from the middle'}`,
    ...(CHARTED[name] && { short: CHARTED[name] }),
    bodies: (bookings) => {
      const users = filter.includes('userId') ? Math.min(MAX_USERS, seededUsers(bookings)) : 1;
      return Array.from({ length: users }, (_, i) => {
        const values = {
          eventId: SEEDED_EVENT,
          userId: seededUser(Math.floor((i * seededUsers(bookings)) / users)),
          status: 'FINALIZED',
        };
        const wanted = Object.fromEntries(filter.map((one) => [one, values[one]]));
        return query(text, { ...wanted, ...(where === 'middle' && { after: cursor(bookings / 2) }) });
      });
    },
    isRight: (data) => data.bookings.edges.length === PAGE_SIZE,
  };
}

function query(text: string, variables: Record<string, unknown>): string {
  return JSON.stringify({ query: text, variables });
}

/** As the API hands them out. */
export function cursor(id: number): string {
  return Buffer.from(`after:${id}`).toString('base64url');
}
