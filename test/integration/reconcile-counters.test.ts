import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { reconcileCounters } from '../../src/audit/reconcile.ts';
import { verify } from '../../src/audit/verify.ts';
import { readConfig } from '../../src/config.ts';
import { type Container, createContainer } from '../../src/container.ts';
import { migrate } from '../../src/migrations/migrate.ts';
import { openDatabase } from '../../src/migrations/open-database.ts';
import type { Database } from '../../src/platform/database.ts';
import { createEmptyDatabase, DATABASE_KINDS, type TestDatabase } from '../support/databases.ts';
import { eventually } from '../support/eventually.ts';
import { bookingOf, readNumber } from '../support/outcomes.ts';

describe.each(DATABASE_KINDS)('%s: reconciling', (kind) => {
  let database: TestDatabase;
  let db: Database;
  const run = (sql: string) => db.em().execute(sql);
  const now = kind === 'sqlite' ? "unixepoch('subsec') * 1000" : 'now()';

  beforeAll(async () => {
    database = await createEmptyDatabase(kind);
    db = await openDatabase(readConfig({ DATABASE_URL: database.url }).database, { patient: true });
    await migrate(db);
    // Event 1 is full, event 2 has nothing.
    await run(`insert into events (id, title, capacity, booked_count, held_count, finalized_count, redeemed_count, created_at)
      values (1, 'Concert', 6, 6, 1, 4, 1, ${now}), (2, 'Play', 6, 0, 0, 0, 0, ${now})`);
    const booking = (id: number, quantity: number, status: string, version: number, finalizedAt = 'null') =>
      `(${id}, 'ref-${id}', 1, 'alice', ${quantity}, '${status}', '', ${version}, ${now}, ${now}, ${finalizedAt})`;
    await run(`insert into bookings
      (id, reference, event_id, user_id, quantity, status, fingerprint, version, created_at, updated_at, finalized_at)
      values ${booking(1, 1, 'PENDING', 1)}, ${booking(2, 4, 'FINALIZED', 2, now)},
        ${booking(3, 1, 'FAILED', 2)}, ${booking(4, 1, 'CANCELLED', 2)}, ${booking(5, 1, 'HELD', 1)}`);
    await run(`update bookings set expires_at = ${now} where status = 'HELD'`);
    await run(
      "insert into tickets (booking_id, serial, code) values (2, 1, 'a'), (2, 2, 'b'), (2, 3, 'c'), (2, 4, 'd')",
    );
    await run(`update tickets set redeemed_at = ${now} where code = 'a'`);
  });
  afterEach(async () => {
    expect(await verify(db)).toEqual([]);
  });
  afterAll(async () => {
    await db.close();
    await database.remove();
  });

  const SUMS = { booked: 6, held: 1, finalized: 4, redeemed: 1 };

  test('finds nothing where every counter is the sum of its bookings', async () => {
    expect(await reconcileCounters(db, true)).toEqual([]);
  });

  test.each([
    ['booked_count', { ...SUMS, booked: 5 }],
    ['finalized_count', { ...SUMS, finalized: 3 }],
    ['finalized_count', { ...SUMS, finalized: 5 }],
    ['held_count', { ...SUMS, held: 0 }],
    ['held_count', { ...SUMS, held: 2 }],
    ['redeemed_count', { ...SUMS, redeemed: 0 }],
    ['redeemed_count', { ...SUMS, redeemed: 2 }],
  ])('repairs %s when it alone is wrong, also of an event that is full: %j', async (_alone, from) => {
    await run(`update events set booked_count = ${from.booked}, held_count = ${from.held}, finalized_count = ${from.finalized},
      redeemed_count = ${from.redeemed} where id = 1`);
    const repair = { eventId: 1, from, to: SUMS, oversold: false };
    expect(await reconcileCounters(db, false)).toEqual([repair]);
    expect(await reconcileCounters(db, true)).toEqual([repair]);
  });

  test('sets the counters of an event without bookings to 0', async () => {
    await run(
      'update events set booked_count = 2, held_count = 1, finalized_count = 1, redeemed_count = 3 where id = 2',
    );
    const to = { booked: 0, held: 0, finalized: 0, redeemed: 0 };
    expect(await reconcileCounters(db, true)).toMatchObject([{ eventId: 2, to }]);
  });

  test('looks at a thousand events at a time, and at all of them', async () => {
    const numbers = 'with recursive n(i) as (select 1 union all select i + 1 from n where i < 2000)';
    await run(`insert into events (id, title, capacity, booked_count, created_at)
      ${numbers} select 1000 + i, 'Film', 6, 0, ${now} from n`);
    await run('update events set booked_count = 1 where id in (1001, 3000)');
    const looks: number[] = [];
    expect(await reconcileCounters(db, true, (upToId) => looks.push(upToId))).toMatchObject([
      { eventId: 1001 },
      { eventId: 3000 },
    ]);
    expect(looks).toEqual([1_998, 2_998, 3_000]);
    await run('delete from events where id > 1000');
  });
});

describe('postgresql: a counter that is repaired while a booking is under way', () => {
  let database: TestDatabase;
  let container: Container;
  let eventId: number;
  /** Bookings wait for it before they commit. */
  let commit: PromiseWithResolvers<void>;
  let written: PromiseWithResolvers<void>;
  beforeEach(async () => {
    [commit, written] = [Promise.withResolvers(), Promise.withResolvers()];
    database = await createEmptyDatabase('postgresql');
    container = await createContainer(readConfig({ DATABASE_URL: database.url, LOG_LEVEL: 'fatal' }), {
      database: { patient: true },
      failpoints: async (point) => {
        if (point !== 'booking:before-commit') return;
        written.resolve();
        await commit.promise;
      },
    });
    await migrate(container.db);
    ({ id: eventId } = await container.createEvent({ title: 'Concert', capacity: 10 }));
    await container.db.em().execute('update events set booked_count = 5');
  });
  afterEach(async () => {
    await container.close();
    await database.remove();
  });

  /** Lets the booking commit when the repair waits for its row. @returns the counter, and the places that are booked */
  async function repairMeanwhile(repair: (db: Database) => Promise<unknown>): Promise<[number, number]> {
    const { db } = container;
    const booked = container.bookTicket({ eventId, userId: 'alice', quantity: 2 });
    await written.promise;
    const repaired = repair(db);
    const waiting = `select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    await eventually(async () => expect(await readNumber(db, waiting)).toBe(1));
    commit.resolve();
    bookingOf(await booked);
    await repaired;
    return [
      await readNumber(db, 'select booked_count from events'),
      await readNumber(db, 'select sum(quantity) from bookings'),
    ];
  }

  test('has its places', async () => {
    expect(await repairMeanwhile((db) => reconcileCounters(db, true))).toEqual([2, 2]);
  });

  test('(control) has not when the bookings are added up before the row is locked', async () => {
    const addUpFirst = (db: Database) =>
      db.transaction('naive', async (tx) => {
        const [row] = await tx.execute<{ sum: number }[]>('select coalesce(sum(quantity), 0) as sum from bookings');
        await tx.execute('update events set booked_count = ?', [row?.sum]);
      });
    expect(await repairMeanwhile(addUpFirst)).toEqual([0, 2]);
  });
});
