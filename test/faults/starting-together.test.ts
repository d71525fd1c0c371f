import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import { BookingClient, tally } from '../support/booking-client.ts';
import { createEmptyDatabase, DATABASE_KINDS, testRedisUrl } from '../support/databases.ts';
import { expectNobodyStranded, expectNothingLost } from '../support/fault-expectations.ts';
import { Fleet } from '../support/fleet.ts';
import { createEvent, statsOf } from '../support/graphql-client.ts';
import { allWell } from '../support/readiness.ts';

const ROLES = ['api', 'worker', 'api', 'worker'] as const;

describe.each(DATABASE_KINDS)('%s', (kind) => {
  let fleet: Fleet;
  afterEach(() => fleet.close());

  test('four processes that start together on an empty database migrate it once, and work together', async () => {
    const database = await createEmptyDatabase(kind);
    const env = { DATABASE_URL: database.url, REDIS_URL: testRedisUrl() };
    const prefix = `test-${randomBytes(6).toString('hex')}`;
    fleet = new Fleet({ ...env, REDIS_PREFIX: prefix }, () => database.remove());
    const started = await Promise.all(ROLES.map((role) => fleet.start(role)));
    for (const { url, stderr } of started) {
      expect(await allWell(url)).toBe(true);
      expect(stderr).toBe('');
    }

    const apis = started.filter(({ args }) => args[0] === 'api').map(({ url }) => url);
    const [url] = apis as [string];
    const eventId = await createEvent(url, { capacity: 50 });
    const client = new BookingClient();
    const attempts = await Promise.all(
      Array.from({ length: 120 }, (_, i) => {
        return client.book(apis[i % apis.length] as string, { eventId, userId: `buyer-${i}`, quantity: 1 });
      }),
    );
    client.close();
    expect(tally(attempts)).toEqual({ booked: 50, SOLD_OUT: 70 });
    expect(await expectNobodyStranded(url, eventId)).toMatchObject({ bookedCount: 50, finalizedCount: 50 });
    for (const api of apis) expect(await statsOf(api, eventId)).toMatchObject({ finalizedCount: 50 });
    await expectNothingLost(url, eventId, attempts);
  });
});
