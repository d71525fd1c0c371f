import type { BoxOffice } from './box-office.ts';
import { bookTicket } from './graphql-client.ts';
import type { Subscriber, Watch } from './subscriber.ts';

export interface WatchedBooking {
  readonly bookingStatusChanged: {
    readonly id: string;
    readonly status: string;
    readonly version: number;
    readonly tickets: readonly { readonly serial: number }[];
  };
}

export const WATCH_BOOKING = `subscription ($id: ID!) {
  bookingStatusChanged(bookingId: $id) { id status version tickets { serial } }
}`;

export function watchBooking(subscriber: Subscriber, id: string): Watch<WatchedBooking> {
  return subscriber.subscribe<WatchedBooking>(WATCH_BOOKING, { id });
}

export interface Booked {
  readonly id: string;
  readonly reference: string;
}

/** A booking that must succeed. */
export async function book({ url }: Pick<BoxOffice, 'url'>, input: Record<string, unknown>): Promise<Booked> {
  const answer = await bookTicket(url, input);
  if (answer.__typename !== 'Booking') throw new Error(`Refused: ${answer.code}`);
  return answer;
}

/** The statuses up to the end of the subscription; throws when versions do not grow. */
export async function statusesToTheEnd(watch: Watch<WatchedBooking>): Promise<string[]> {
  const seen = (await watch.rest()).map((value) => value.bookingStatusChanged);
  const versions = seen.map((booking) => booking.version);
  if (versions.some((version, i) => i > 0 && version <= (versions[i - 1] as number))) {
    throw new Error(`Versions do not grow: ${versions.join(', ')}`);
  }
  return seen.map((booking) => booking.status);
}
