import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BookingLoad, tally } from '../support/booking-client.ts';
import { testRedisUrl } from '../support/databases.ts';
import { eventually } from '../support/eventually.ts';
import { createFakeClock, type FakeClock } from '../support/fake-clock.ts';
import {
  expectAnsweredInTime,
  expectNobodyStranded,
  expectNothingLost,
  expectRetriesFindTheSame,
} from '../support/fault-expectations.ts';
import { type Fleet, openFleet } from '../support/fleet.ts';
import { allFinalized, bookTicket, createEvent, graphqlData } from '../support/graphql-client.ts';

const HOUR_S = 3_600;
/** Age and interval of the sweeper are far below. */
const IN_ITS_TIME_MS = 15_000;
const NEWEST = '{ bookings(first: 1) { edges { node { createdAt } } } }';

describe('the clock of one host', () => {
  let clock: FakeClock;
  let fleet: Fleet;
  let redis: Redis;
  beforeEach(async () => {
    clock = await createFakeClock();
    fleet = await openFleet('postgresql + redis');
    redis = new Redis(testRedisUrl());
  });
  afterEach(async () => {
    redis.disconnect();
    await fleet.close();
    await clock.remove();
  });

  async function newestAgeSeconds(url: string): Promise<number> {
    const { bookings } = await graphqlData<{ bookings: { edges: { node: { createdAt: string } }[] } }>(url, NEWEST);
    return (Date.now() - Date.parse(bookings.edges[0]?.node.createdAt ?? '')) / 1_000;
  }

  test('that jumps an hour ahead, and two back, while it sells: every request is booked once and finalized', async () => {
    const [api, other] = await Promise.all([
      fleet.start('api', clock.env),
      fleet.start('api'),
      fleet.start('worker', clock.env),
      fleet.start('worker'),
    ]);
    const eventId = await createEvent(other.url, { capacity: 100_000 });
    const load = new BookingLoad([api.url, other.url], eventId, { concurrency: 10, pauseMs: 50 });
    for (const offset of [0, HOUR_S, -HOUR_S, 0]) {
      await clock.set(offset);
      const enough = load.booked.length + 60;
      await eventually(() => load.booked.length >= enough, { timeoutMs: 15_000 });
    }
    const attempts = await load.stop();
    expectAnsweredInTime(attempts);
    expect(tally(attempts)).toEqual({ booked: attempts.length });
    await expectNothingLost(other.url, eventId, attempts);
    await expectRetriesFindTheSame(other.url, eventId, attempts);
    await expectNobodyStranded(other.url, eventId);
    for (const running of fleet.processes) expect(running.exit).toBeNull();
  });

  test.each([
    ['of the API an hour ahead', HOUR_S, 'api'],
    ['of the worker an hour behind', -HOUR_S, 'worker'],
    ['of the worker an hour ahead', HOUR_S, 'worker'],
  ] as const)(
    'when it is that %s: a booking whose job is not delivered is finalized in its time all the same',
    async (_name, offset, wrong) => {
      await clock.set(offset);
      const envOf = (role: 'api' | 'worker') => (role === wrong ? clock.env : {});
      const sweepOften = { SWEEP_INTERVAL_MS: '200', SWEEP_AGE_MS: '1000' };
      const [{ url }] = await Promise.all([
        fleet.start('api', envOf('api')),
        fleet.start('worker', { ...sweepOften, ...envOf('worker') }),
      ]);
      await redis.hset(`${fleet.env['REDIS_PREFIX']}:finalization:meta`, 'paused', 1);
      const eventId = await createEvent(url, { capacity: 10 });
      await bookTicket(url, { eventId, quantity: 2 });
      expect(Math.round((await newestAgeSeconds(url)) / HOUR_S)).toBe(wrong === 'api' ? -1 : 0);
      expect(await allFinalized(url, eventId, IN_ITS_TIME_MS)).toMatchObject({ finalizedCount: 2 });
    },
  );
});
