import { expect } from 'vitest';
import { type Attempt, BookingClient } from './booking-load.ts';
import { bookingsOf } from './fleet.ts';

/** Every booking that a client was told of exists, with that user and quantity. */
export async function expectNothingLost(url: string, eventId: string, attempts: readonly Attempt[]): Promise<void> {
  const stored = await bookingsOf(url, eventId);
  const told = attempts.flatMap(({ input, outcome }) => {
    return outcome.kind === 'booked'
      ? [{ id: outcome.id, reference: outcome.reference, userId: input.userId, quantity: input.quantity }]
      : [];
  });
  const found = told.map(({ id }) => {
    const { reference, userId, quantity } = stored.get(id) ?? {};
    return { id, reference, userId, quantity };
  });
  expect(found).toEqual(told);
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
  attempts.forEach(({ outcome }, i) => {
    if (outcome.kind === 'booked') expect(repeats[i]?.outcome).toEqual(outcome);
  });
  const users = [...(await bookingsOf(url, eventId)).values()].map(({ userId }) => userId);
  expect(users.sort()).toEqual(attempts.map(({ input }) => input.userId).sort());
}

/** Without cancellations a sold-out event stays so: nobody may get a place after anybody was told there is none. */
export function expectNoFalseSoldOut(attempts: readonly Attempt[]): void {
  const none = attempts.filter(({ outcome }) => outcome.kind === 'refused' && outcome.availableCount === 0);
  const firstSoldOut = Math.min(...none.map(({ endedAt }) => endedAt));
  const after = attempts.filter(({ startedAt, outcome }) => outcome.kind === 'booked' && startedAt > firstSoldOut);
  expect(after).toEqual([]);
}
