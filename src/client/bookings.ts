import { pipeline } from 'node:stream/promises';
import type { BoxOffice } from './box-office.ts';
import { localTime, printJson, printTable } from './print.ts';

export interface ListedBookings {
  readonly event: string;
  readonly status?: string;
  readonly user?: string;
  readonly limit: number;
  readonly json?: boolean | undefined;
  /** All of them, as a file. */
  readonly csv?: boolean;
}

interface Booking {
  readonly id: string;
  readonly reference: string;
  readonly userId: string;
  readonly quantity: number;
  readonly status: string;
  readonly createdAt: string;
}

interface Page {
  readonly edges: readonly { readonly node: Booking }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

const MOST_PER_PAGE = 100;

/** The bookings of an event: the newest as a table, or all of them as CSV. */
export async function listBookings(boxOffice: BoxOffice, wanted: ListedBookings): Promise<void> {
  if (wanted.csv) {
    const file = await boxOffice.download(`/event/${encodeURIComponent(wanted.event)}/bookings.csv`);
    return pipeline(file, process.stdout, { end: false });
  }
  const bookings = await newest(boxOffice, wanted);
  if (wanted.json) return printJson(bookings);
  printTable(
    ['ID', 'REFERENCE', 'USER', 'PLACES', 'STATUS', 'BOOKED (UTC)'],
    bookings.map((booking) => [
      booking.id,
      booking.reference,
      booking.userId,
      booking.quantity,
      booking.status,
      localTime(booking.createdAt, 'UTC'),
    ]),
  );
}

async function newest(boxOffice: BoxOffice, { event, status, user, limit }: ListedBookings): Promise<Booking[]> {
  const found: Booking[] = [];
  for (let after: string | null = null; found.length < limit; ) {
    const { bookings }: { bookings: Page } = await boxOffice.ask(
      `query ($event: ID!, $status: BookingStatus, $user: ID, $first: Int!, $after: String) {
        bookings(eventId: $event, status: $status, userId: $user, first: $first, after: $after) {
          edges { node { id reference userId quantity status createdAt } } pageInfo { hasNextPage endCursor } } }`,
      { event, status, user, first: Math.min(MOST_PER_PAGE, limit - found.length), after },
    );
    found.push(...bookings.edges.map(({ node }) => node));
    if (!bookings.pageInfo.hasNextPage) break;
    after = bookings.pageInfo.endCursor;
  }
  return found;
}
