import { expect } from 'vitest';
import { type Attempt, BookingClient } from './booking-client.ts';
import { falseRefusals, keysWithSeveral, lostBookings } from './booking-promises.ts';
import { bookingsOf, statsOf } from './graphql-client.ts';

/** Every booking that a client was told of exists, with that user and quantity. */
export async function expectNothingLost(url: string, eventId: string, attempts: readonly Attempt[]): Promise<void> {
  expect(lostBookings(attempts, [...(await bookingsOf(url, eventId)).values()])).toEqual([]);
}

/**
 * Sends each attempt again under its key: whoever was told of a booking is told of the same one, and whoever was not
 * gets one now, or has one already. So every attempt has exactly one in the end.
 */
export async function expectRetriesFindTheSame(
  url: string,
  eventId: string,
  attempts: readonly Attempt[],
): Promise<void> {
  const client = new BookingClient();
  const repeats = await Promise.all(attempts.map(({ input }) => client.book(url, input)));
  client.close();
  expect(repeats.map(({ outcome }) => outcome.kind)).toEqual(attempts.map(() => 'booked'));
  const rows = [...(await bookingsOf(url, eventId)).values()];
  expect(lostBookings([...attempts, ...repeats], rows)).toEqual([]);
  expect(keysWithSeveral([...attempts, ...repeats], rows)).toEqual([]);
  expect(rows.map(({ userId }) => userId).sort()).toEqual(attempts.map(({ input }) => input.userId).sort());
}

/** Without cancellations a sold-out event stays so: nobody may get a place after anybody was told there is none. */
export async function expectNoFalseSoldOut(url: string, eventId: string, attempts: readonly Attempt[]): Promise<void> {
  const { capacity } = await statsOf(url, eventId);
  const rows = [...(await bookingsOf(url, eventId)).values()];
  expect(falseRefusals(attempts, rows, [{ id: eventId, capacity, maxPerUser: null }])).toEqual([]);
}
