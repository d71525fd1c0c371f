import { open } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Malformed } from '../../src/audit/findings.ts';
import { checkIntegrity } from '../../src/audit/integrity.ts';
import { readConfig } from '../../src/config.ts';
import { migrate } from '../../src/migrations/migrate.ts';
import { openDatabase } from '../../src/migrations/open-database.ts';
import type { Database } from '../../src/platform/database.ts';
import { createEmptyDatabase, type DatabaseKind, type TestDatabase } from '../support/databases.ts';

const OWNERS = 'every booking has its event, and every ticket its booking';
const PAGE_BYTES = 4_096;

let database: TestDatabase;
let db: Database;
const run = (sql: string) => db.em().execute(sql);
const connect = async () => {
  db = await openDatabase(readConfig({ DATABASE_URL: database.url }).database, { patient: true });
};
const found = async (thorough = false) =>
  Object.fromEntries((await checkIntegrity(db, { thorough })).map(({ promise, rows }) => [promise, rows]));

/** An event with id 1 and two bookings, 1 and 2. */
function ofKind(kind: DatabaseKind): void {
  beforeEach(async () => {
    database = await createEmptyDatabase(kind);
    await connect();
    await migrate(db);
    await run("insert into events (title, capacity, booked_count, created_at) values ('Concert', 10, 2, '2030-01-01')");
    for (const user of ['alice', 'bob']) {
      await run(`insert into bookings (reference, event_id, user_id, quantity, status, fingerprint, version, created_at, updated_at)
        values ('ref-${user}', 1, '${user}', 1, 'PENDING', '', 1, '2030-01-01', '2030-01-01')`);
    }
    expect(await found(true)).toEqual({});
  });
  afterEach(async () => {
    await db.close();
    await database.remove();
  });
}

describe("sqlite: the database's own check", () => {
  ofKind('sqlite');

  test('names a ticket without a booking, and a booking without an event', async () => {
    await run('pragma foreign_keys = off');
    await run("insert into tickets (booking_id, serial, code) values (9, 1, 'x')");
    await run('update bookings set event_id = 9 where id = 2');
    expect(await found()).toEqual({ [OWNERS]: expect.arrayContaining(['ticket 1', 'booking 2']) });
  });

  test('names the table in which a row breaks its rules', async () => {
    await run('pragma ignore_check_constraints = on');
    await run('update bookings set quantity = 0 where id = 1');
    await run('pragma ignore_check_constraints = off');
    expect(await found()).toEqual({
      'every row keeps the rules of its table': ['CHECK constraint failed in bookings'],
    });
  });

  test('when thorough, finds an index that is not that of its table', async () => {
    await db.close();
    const tampering = new DatabaseSync(database.url.slice('sqlite:'.length), { defensive: false });
    tampering.exec(`pragma writable_schema = on;
      update sqlite_master set sql = replace(sql, 'event_id', 'user_id') where name = 'bookings_event_page'`);
    tampering.close();
    await connect();
    expect(await found()).toEqual({});
    await expect(found(true)).rejects.toThrow(/missing from index bookings_event_page/);
  });

  test('calls a file malformed in which a page was overwritten', async () => {
    const [page] = await db
      .em()
      .execute<{ root: number }[]>("select rootpage as root from sqlite_master where name = 'bookings'");
    await db.close();
    const file = await open(database.url.slice('sqlite:'.length), 'r+');
    await file.write(Buffer.alloc(PAGE_BYTES, 'x'), 0, PAGE_BYTES, ((page?.root ?? 0) - 1) * PAGE_BYTES);
    await file.close();
    await connect();
    await expect(found()).rejects.toThrow(Malformed);
  });
});

describe("postgresql: the database's own check", () => {
  ofKind('postgresql');

  test('names a ticket without a booking, and a booking without an event', async () => {
    await run('alter table tickets disable trigger all');
    await run('alter table bookings disable trigger all');
    await run("insert into tickets (booking_id, serial, code) values (9, 1, 'x')");
    await run('update bookings set event_id = 9 where id = 2');
    expect(await found()).toEqual({ [OWNERS]: ['booking 2', 'ticket 1'] });
  });

  test('names an index that was left invalid, and a constraint that was not validated', async () => {
    await run("update pg_index set indisvalid = false where indexrelid = 'bookings_event_page'::regclass");
    await run('alter table bookings add constraint quantity_small check (quantity < 50) not valid');
    expect(await found()).toEqual({
      'every index is valid': ['bookings_event_page'],
      'every constraint was validated': ['quantity_small'],
    });
  });

  test('where amcheck is installed, calls a database malformed whose index is out of order', async () => {
    // As pg_amcheck's own tests do: an order that changes under an index.
    await run('create extension amcheck');
    await run(`create function by_id(a int, b int) returns int language sql immutable as 'select btint4cmp(a, b)'`);
    await run(`create operator class by_id_ops for type int4 using btree as
      operator 1 <, operator 2 <=, operator 3 =, operator 4 >=, operator 5 >, function 1 by_id(int, int)`);
    await run('create index bookings_ordered on bookings (id by_id_ops)');
    expect(await found()).toEqual({});
    await run(
      `create or replace function by_id(a int, b int) returns int language sql immutable as 'select btint4cmp(b, a)'`,
    );
    await expect(found()).rejects.toThrow(/item order invariant violated for index "bookings_ordered"/);
    await expect(found()).rejects.toThrow(Malformed);
  });
});
