import { afterEach, describe, expect, test } from 'vitest';
import { BookingClient, BookingLoad, tally } from '../support/booking-client.ts';
import { eventually } from '../support/eventually.ts';
import { expectNothingLost, expectRetriesFindTheSame } from '../support/fault-expectations.ts';
import { type Fleet, openFleet } from '../support/fleet.ts';
import { allFinalized, createEvent, statsOf } from '../support/graphql-client.ts';

describe('nothing that was answered is lost by', () => {
  let fleet: Fleet;
  afterEach(() => fleet.close());

  test('a kill -9 of an API under load, and its callers may repeat', async () => {
    fleet = await openFleet('postgresql + redis');
    const doomed = await fleet.start('api');
    const eventId = await createEvent(doomed.url, { capacity: 100_000 });
    const load = new BookingLoad([doomed.url], eventId, { pauseMs: 60 });
    await eventually(() => load.booked.length >= 100);
    await doomed.kill();
    const attempts = await load.stop();

    const again = await fleet.start('api');
    const ofTheLoad = attempts.filter(({ outcome }) => outcome.kind === 'booked' || outcome.kind === 'unanswered');
    expect(ofTheLoad).toHaveLength(attempts.length);
    await expectNothingLost(again.url, eventId, attempts);
    await expectRetriesFindTheSame(again.url, eventId, attempts);
  });

  test('a kill -9, embedded: the next start finalizes what was PENDING', async () => {
    fleet = await openFleet('embedded');
    const doomed = await fleet.start('serve', { ISSUANCE_DELAY_MS: '600000' });
    const eventId = await createEvent(doomed.url, { capacity: 1_000 });
    const client = new BookingClient();
    const inputs = Array.from({ length: 50 }, (_, i) => ({ eventId, userId: `buyer-${i}`, quantity: 2 }));
    const attempts = await Promise.all(inputs.map((input) => client.book(doomed.url, input)));
    client.close();
    expect(tally(attempts)).toEqual({ booked: 50 });
    expect(await statsOf(doomed.url, eventId)).toMatchObject({ pendingCount: 100, finalizedCount: 0 });
    await doomed.kill();

    const next = await fleet.start('serve');
    expect(await allFinalized(next.url, eventId)).toMatchObject({ bookedCount: 100, finalizedCount: 100 });
    await expectNothingLost(next.url, eventId, attempts);
  });
});
