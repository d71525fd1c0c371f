import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BookingQueries } from '../../src/bookings/booking-queries.ts';
import { readConfig } from '../../src/config.ts';
import { EventQueries } from '../../src/events/event-queries.ts';
import { claimDue } from '../../src/finalization/pending-bookings.ts';
import { migrate } from '../../src/migrations/migrate.ts';
import { openDatabase } from '../../src/migrations/open-database.ts';
import type { Database } from '../../src/platform/database.ts';
import { TicketQueries } from '../../src/tickets/ticket-queries.ts';
import { createEmptyDatabase, DATABASE_KINDS, type TestDatabase } from '../support/databases.ts';

/** The order in which the rows were written: neither that of their ids nor the reverse. */
const WRITTEN = [3, 1, 5, 2, 4];
const FIRST_PAGE = { size: 3, before: null };

describe.each(DATABASE_KINDS)('%s: whatever the order in which rows were written,', (kind) => {
  let database: TestDatabase;
  let db: Database;
  const run = (sql: string) => db.em().execute(sql);

  beforeAll(async () => {
    database = await createEmptyDatabase(kind);
    db = await openDatabase(readConfig({ DATABASE_URL: database.url }).database);
    await migrate(db);
    // An index would give some of the orders by itself; SQLite is told which to take, and needs it.
    const filters = kind === 'sqlite' ? [] : ['event', 'status', 'event_status', 'user_pending', 'user_status'];
    for (const filter of filters) await run(`drop index bookings_${filter}_page`);
    const serials = 'tickets_serial_unique';
    await run(kind === 'sqlite' ? `drop index ${serials}` : `alter table tickets drop constraint ${serials}`);
    const longAgo = kind === 'sqlite' ? '0' : "'2020-01-01'";
    for (const id of WRITTEN) {
      await run(`insert into events (id, title, capacity, booked_count, created_at)
        values (${id}, 'Concert', 10, ${id === 3 ? 5 : 0}, ${longAgo})`);
    }
    for (const id of WRITTEN) {
      await run(`insert into bookings
        (id, reference, event_id, user_id, quantity, status, fingerprint, version, created_at, updated_at)
        values (${id}, 'ref-${id}', 3, 'alice', 1, 'PENDING', '', 1, ${longAgo}, ${longAgo})`);
    }
    for (const serial of WRITTEN) {
      for (const booking of [2, 1]) {
        await run(
          `insert into tickets (booking_id, serial, code) values (${booking}, ${serial}, '${booking}-${serial}')`,
        );
      }
    }
  });
  afterAll(async () => {
    await db.close();
    await database.remove();
  });

  test('events are listed newest first', async () => {
    const { items } = await new EventQueries(db).page(FIRST_PAGE);
    expect(items.map(({ id }) => id)).toEqual([5, 4, 3]);
  });

  test.each([{}, { eventId: 3 }, { userId: 'alice' }, { status: 'PENDING' as const }])(
    'bookings are listed newest first: %j',
    async (filter) => {
      const { items } = await new BookingQueries(db).page(filter, FIRST_PAGE);
      expect(items.map(({ id }) => id)).toEqual([5, 4, 3]);
    },
  );

  test('the tickets of a booking are listed by their serials', async () => {
    const tickets = await new TicketQueries(db).ofBookings([2, 1]);
    for (const booking of [1, 2]) {
      const serials = tickets.filter(({ bookingId }) => bookingId === booking).map(({ serial }) => serial);
      expect(serials).toEqual([1, 2, 3, 4, 5]);
    }
  });

  test('the oldest booking is finalized first', async () => {
    const claim = async () =>
      (await claimDue(db, { after: 0, limit: 2, ageMs: 0, except: [] })).map((due) => due.bookingId);
    expect([await claim(), await claim(), await claim()]).toEqual([[1, 2], [3, 4], [5]]);
  });
});
