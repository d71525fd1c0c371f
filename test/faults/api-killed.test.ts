import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Attempt, BookingClient, tally } from '../support/booking-client.ts';
import type { BoxOfficeProcess } from '../support/boxoffice-process.ts';
import { type Failpoint, failing } from '../support/failing-boxoffice.ts';
import { expectNobodyStranded, expectNothingLost, expectRetriesFindTheSame } from '../support/fault-expectations.ts';
import { type Fleet, openFleet } from '../support/fleet.ts';
import { bookingsOf, createEvent } from '../support/graphql-client.ts';

describe.each(['sqlite + redis', 'postgresql + redis'] as const)(
  '%s: an API that is killed while it books',
  (setup) => {
    let fleet: Fleet;
    let other: BoxOfficeProcess;
    beforeAll(async () => {
      fleet = await openFleet(setup);
      [other] = await Promise.all([
        fleet.start('api'),
        fleet.start('worker', { SWEEP_INTERVAL_MS: '300', SWEEP_AGE_MS: '1000' }),
      ]);
    });
    afterAll(() => fleet.close());

    /** One buyer first, then nine at once, in whose group the process dies; and what another process finds of it. */
    async function bookUntilKilled(failpoint: Failpoint) {
      const doomed = await fleet.start('api', failing(failpoint));
      const eventId = await createEvent(doomed.url, { capacity: 100 });
      const client = new BookingClient();
      const book = (buyer: number) =>
        client.book(doomed.url, {
          eventId,
          userId: `buyer-${buyer}`,
          quantity: 2,
          idempotencyKey: `${eventId}-${buyer}`,
        });
      const first = await book(0);
      const attempts: Attempt[] = [first, ...(await Promise.all(Array.from({ length: 9 }, (_, i) => book(i + 1))))];
      client.close();
      expect(await doomed.exited).toEqual({ code: null, signal: 'SIGKILL' });
      expect(first.outcome.kind).toBe('booked');
      const stored = [...(await bookingsOf(other.url, eventId)).values()].map(({ userId }) => userId);
      return { eventId, attempts, stored };
    }

    async function expectEachBookedOnce(eventId: string, attempts: readonly Attempt[]): Promise<void> {
      await expectNothingLost(other.url, eventId, attempts);
      await expectRetriesFindTheSame(other.url, eventId, attempts);
      expect(await expectNobodyStranded(other.url, eventId)).toMatchObject({ bookedCount: 20, finalizedCount: 20 });
    }

    test('before its commit leaves no row behind, and a repeat with the same key books once', async () => {
      const { eventId, attempts, stored } = await bookUntilKilled('booking:before-commit=kill@2');
      expect(tally(attempts)).toEqual({ booked: 1, unanswered: 9 });
      expect(stored).toEqual(['buyer-0']);
      await expectEachBookedOnce(eventId, attempts);
    });

    test('between its commit and its answer keeps the rows, and a repeat with the same key finds them', async () => {
      const { eventId, attempts, stored } = await bookUntilKilled('booking:after-commit=kill@2');
      expect(tally(attempts)).toEqual({ booked: 1, unanswered: 9 });
      expect(stored.length).toBeGreaterThan(1);
      const unanswered = stored.filter((userId) => userId !== 'buyer-0');
      const before = await bookingsOf(other.url, eventId);
      await expectEachBookedOnce(eventId, attempts);
      const after = await bookingsOf(other.url, eventId);
      for (const userId of unanswered) expect(idOf(after, userId)).toBe(idOf(before, userId));
    });
  },
);

function idOf(bookings: Awaited<ReturnType<typeof bookingsOf>>, userId: string): string | undefined {
  return [...bookings.values()].find((booking) => booking.userId === userId)?.id;
}
