import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BookingClient, BookingLoad, tally } from '../support/booking-client.ts';
import { eventually } from '../support/eventually.ts';
import { expectNoFalseSoldOut, expectNothingLost, expectRetriesFindTheSame } from '../support/fault-expectations.ts';
import { type Fleet, openFleet } from '../support/fleet.ts';
import { allFinalized, createEvent, statsOf } from '../support/graphql-client.ts';
import type { Setup } from '../support/setups.ts';

/** Longer than the lock's lease and PostgreSQL's patience with an idle transaction. */
const longerThanTheLeaseMs = 3_500;

let fleet: Fleet;

function ofSetup(setup: Setup): void {
  beforeEach(async () => {
    fleet = await openFleet(setup);
  });
  afterEach(() => fleet.close());
}

describe.each(['sqlite + redis', 'postgresql + redis'] as const)('with %s,', (setup) => {
  ofSetup(setup);

  test('a kill -9 of an API under load loses no booking it answered, and its callers may repeat', async () => {
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

  test('an API that stops for longer than the lease while it books sells nothing twice, and holds nobody up', async () => {
    const [frozen, other] = await Promise.all([fleet.start('api'), fleet.start('api')]);
    const eventId = await createEvent(other.url, { capacity: 2_000 });
    const load = new BookingLoad([frozen.url, other.url], eventId, { concurrency: 40 });
    await eventually(() => load.booked.length >= 50);

    frozen.pause();
    const pausedAt = performance.now();
    const bookedByOther = () => load.booked.filter(({ url, startedAt }) => url === other.url && startedAt > pausedAt);
    if (setup === 'postgresql + redis') await eventually(() => bookedByOther().length >= 20, { timeoutMs: 10_000 });
    await eventually(() => performance.now() - pausedAt > longerThanTheLeaseMs);
    frozen.resume();

    await eventually(() => tally(load.attempts)['SOLD_OUT'] !== undefined, { timeoutMs: 20_000 });
    const attempts = await load.stop();
    const { bookedCount } = await statsOf(other.url, eventId);
    expect(bookedCount).toBeLessThanOrEqual(2_000);
    await expectNothingLost(other.url, eventId, attempts);
    await expectNoFalseSoldOut(other.url, eventId, attempts);
  });
});

describe('with a worker of its own,', () => {
  ofSetup('sqlite + redis');

  test('a kill -9 of the worker under load strands no booking: another one finalizes them all', async () => {
    const [api, doomed] = await Promise.all([
      fleet.start('api'),
      fleet.start('worker', { ISSUANCE_DELAY_MS: '300', FINALIZE_CONCURRENCY: '20' }),
    ]);
    const eventId = await createEvent(api.url, { capacity: 100_000 });
    const load = new BookingLoad([api.url], eventId, { pauseMs: 60 });
    await eventually(async () => (await statsOf(api.url, eventId)).finalizedCount >= 20, { timeoutMs: 15_000 });
    await doomed.kill();
    const attempts = await load.stop();
    expect((await statsOf(api.url, eventId)).pendingCount).toBeGreaterThan(0);

    await fleet.start('worker');
    const booked = attempts.map(({ input }) => input.quantity ?? 1).reduce((sum, quantity) => sum + quantity, 0);
    expect(await allFinalized(api.url, eventId, 50_000)).toMatchObject({ bookedCount: booked, finalizedCount: booked });
    await expectNothingLost(api.url, eventId, attempts);
  });
});

describe('embedded,', () => {
  ofSetup('embedded');

  test('bookings that were PENDING at a kill -9 are finalized by the next start', async () => {
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
