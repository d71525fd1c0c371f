import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BookingClient, tally } from '../support/booking-client.ts';
import { type BoxOfficeProcess, runCommand } from '../support/boxoffice-process.ts';
import { createEmptyDatabase, type TestDatabase, testRedisUrl } from '../support/databases.ts';
import { expectNothingLost } from '../support/fault-expectations.ts';
import { Fleet } from '../support/fleet.ts';
import { allFinalized, createEvent } from '../support/graphql-client.ts';
import { rush } from '../support/outcomes.ts';
import { type Pgbouncer, startPgbouncer } from '../support/pgbouncer.ts';

const CAPACITY = 100;
/** Fewer connections than the processes would have by themselves. */
const POOL_SIZE = 4;

describe('behind PgBouncer as Debian ships it, in transaction mode', () => {
  let database: TestDatabase;
  let pgbouncer: Pgbouncer;
  let fleet: Fleet;
  beforeEach(async () => {
    database = await createEmptyDatabase('postgresql');
    pgbouncer = await startPgbouncer(database.url, { poolSize: POOL_SIZE });
    const env = { DATABASE_URL: pgbouncer.through(database.url), REDIS_URL: testRedisUrl() };
    const remove = async () => {
      await pgbouncer.remove();
      await database.remove();
    };
    fleet = new Fleet({ ...env, REDIS_PREFIX: `test-${randomBytes(6).toString('hex')}` }, remove);
  });
  afterEach(() => fleet.close());

  test('migrate, two APIs, a worker, verify and reconcile work: each place is sold once and finalized', async () => {
    const migrated = await runCommand(['migrate'], fleet.env);
    expect(migrated).toMatchObject({ code: 0, stdout: expect.stringMatching(/^applied: /), stderr: '' });
    const [api, other] = (await Promise.all([fleet.start('api'), fleet.start('api'), fleet.start('worker')])) as [
      BoxOfficeProcess,
      BoxOfficeProcess,
      BoxOfficeProcess,
    ];
    const eventId = await createEvent(api.url, { capacity: CAPACITY });
    const client = new BookingClient();
    const attempts = await rush(2 * CAPACITY, (i) =>
      client.book((i % 2 === 0 ? api : other).url, { eventId, userId: `buyer-${i}`, quantity: 1 }),
    );
    client.close();
    expect(tally(attempts)).toEqual({ booked: CAPACITY, SOLD_OUT: CAPACITY });
    expect(await allFinalized(other.url, eventId)).toMatchObject({ finalizedCount: CAPACITY });
    await expectNothingLost(api.url, eventId, attempts);
    expect(await runCommand(['verify'], fleet.env)).toMatchObject({ code: 0, stdout: 'all promises hold\n' });
    expect(await runCommand(['reconcile', '--apply'], fleet.env)).toMatchObject({ code: 0, stderr: '' });
  });
});
