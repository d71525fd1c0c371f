import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { raiseIds, UNKNOWN_IDS } from '../../src/backup/raise-ids.ts';
import { readConfig } from '../../src/config.ts';
import { type Container, createContainer } from '../../src/container.ts';
import { migrate } from '../../src/migrations/migrate.ts';
import { createEmptyDatabase, DATABASE_KINDS, type TestDatabase } from '../support/databases.ts';
import { eventually } from '../support/eventually.ts';
import { bookingOf, rush } from '../support/outcomes.ts';

const SELLERS = 6;
const BOOKINGS_OF_A_SELLER = 100;

describe.each(DATABASE_KINDS)('%s: ids that are raised', (kind) => {
  let database: TestDatabase;
  let container: Container;
  let eventId: number;
  const run = <Row extends object>(sql: string) => container.db.em().execute<Row[]>(sql);
  const book = async () => bookingOf(await container.bookTicket({ eventId, userId: 'alice' }));
  const raiseAbove = (id: number) => raiseIds(container.db, () => id);
  const nextOf = async (table: string) => (await raiseAbove(0)).find((raised) => raised.table === table)?.next;

  beforeAll(async () => {
    database = await createEmptyDatabase(kind);
    container = await createContainer(readConfig({ DATABASE_URL: database.url, LOG_LEVEL: 'fatal' }));
    await migrate(container.db);
  });
  afterAll(async () => {
    await container.close();
    await database.remove();
  });

  test('leave an empty database as it is when nothing was given out', async () => {
    const fromOne = ['bookings', 'events', 'tickets', 'waiting_list'].map((table) => ({ table, next: 1 }));
    expect(await raiseAbove(0)).toEqual(fromOne);
    expect(await raiseAbove(0)).toEqual(fromOne);
    ({ id: eventId } = await container.createEvent({ title: 'Concert', capacity: 100_000 }));
    expect(eventId).toBe(1);
  });

  test('are those of the next event, booking and ticket', async () => {
    expect(await raiseAbove(476)).toEqual(
      ['bookings', 'events', 'tickets', 'waiting_list'].map((table) => ({ table, next: 477 })),
    );
    expect((await container.createEvent({ title: 'Play', capacity: 1 })).id).toBe(477);
    expect((await book()).id).toBe(477);
    container.startWorker();
    const [ticket] = await eventually(async () => {
      const rows = await run<{ id: number }>('select id from tickets');
      expect(rows).toHaveLength(1);
      return rows;
    });
    expect(ticket).toEqual({ id: 477 });
    await container.services.queue.close();
  });

  test('are never lower than before', async () => {
    await raiseAbove(1_000);
    await raiseAbove(3);
    expect(await nextOf('bookings')).toBe(1_001);
    expect((await book()).id).toBe(1_001);
  });

  test('are above the rows, also where the counter was left behind them', async () => {
    const { id } = await book();
    await run(
      kind === 'sqlite'
        ? "update sqlite_sequence set seq = 0 where name = 'bookings'"
        : "select setval('bookings_id_seq', 1, false)",
    );
    await raiseAbove(0);
    expect((await book()).id).toBe(id + 1);
  });

  test('can be told what is known, and leap from there', async () => {
    const known = ((await nextOf('bookings')) as number) - 1;
    const raised = await raiseIds(container.db, (_table, last) => last + UNKNOWN_IDS);
    expect(raised.find(({ table }) => table === 'bookings')?.next).toBe(known + UNKNOWN_IDS + 1);
  });

  test('are given to nobody twice while others sell', async () => {
    let selling = true;
    const raising = (async () => {
      while (selling) await raiseAbove(0);
    })();
    // Without the box office's own second try, which would hide an id that was given out again.
    const sell = async (seller: number) => {
      for (let i = 0; i < BOOKINGS_OF_A_SELLER; i++) {
        await run(`insert into bookings (reference, event_id, user_id, quantity, status, fingerprint, version, created_at, updated_at)
          select 'sold-${seller}-${i}', id, 'bob', 1, 'PENDING', '', 1, created_at, created_at from events where id = ${eventId}`);
      }
    };
    await rush(SELLERS, sell).finally(() => {
      selling = false;
    });
    await raising;
  });

  test('end where the ids end, and change nothing then', async () => {
    const next = await nextOf('bookings');
    await expect(raiseAbove(2_147_483_647)).rejects.toThrow('bookings: the ids end at 2147483647');
    expect(await nextOf('bookings')).toBe(next);
  });
});
