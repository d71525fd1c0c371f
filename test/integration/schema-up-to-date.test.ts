import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { assertMigrated, migrate } from '../../src/migrations/migrate.ts';
import { openDatabase } from '../../src/migrations/open-database.ts';
import { knownMigrations } from '../../src/migrations/schema.ts';
import type { Database } from '../../src/platform/database.ts';
import { createEmptyDatabase, DATABASE_KINDS, migrateUrl, type TestDatabase } from '../support/databases.ts';
import { rush } from '../support/outcomes.ts';

const SQLITE_OBJECTS = `select type, name, sql from sqlite_master
  where name not like 'sqlite_%' and name not like 'boxoffice_migrations%' order by type, name`;

describe.each(DATABASE_KINDS)('%s: the migrated schema', (kind) => {
  const opened: Database[] = [];
  const created: TestDatabase[] = [];
  let db: Database;
  const open = async ({ url }: TestDatabase) => {
    const database = await openDatabase(readConfig({ DATABASE_URL: url }).database);
    opened.push(database);
    return database;
  };
  const createEmpty = async () => {
    const empty = await createEmptyDatabase(kind);
    created.push(empty);
    return empty;
  };
  beforeAll(async () => {
    db = await open(await createEmpty());
    await migrate(db);
  });
  afterAll(async () => {
    await Promise.all(opened.map((database) => database.close()));
    await Promise.all(created.map((empty) => empty.remove()));
  });

  test('is what the entities describe', async () => {
    if (kind === 'postgresql') return expect(await db.orm.schema.getUpdateSchemaSQL()).toBe('');
    // MikroORM's own comparison reports differences on SQLite where there are none.
    const fresh = await open(await createEmpty());
    await fresh.orm.schema.create();
    expect(await db.em().execute(SQLITE_OBJECTS)).toEqual(await fresh.em().execute(SQLITE_OBJECTS));
  });

  test('is complete after one run, and a second run does nothing', async () => {
    expect(await db.orm.migrator.getPending()).toEqual([]);
    expect(await migrate(db)).toEqual([]);
  });

  test('is made once when six processes migrate an empty database at the same time', async () => {
    const { url } = await createEmpty();
    const applied = await rush(6, () => migrateUrl(url));
    expect(applied.flat().sort()).toEqual(knownMigrations(kind).toSorted());
  });

  test('is refused by an older boxoffice, which applies nothing to it', async () => {
    const newer = await createEmpty();
    await migrateUrl(newer.url);
    const { em } = await open(newer);
    await em().execute(
      "insert into boxoffice_migrations (name, executed_at) values ('20991231-later', current_timestamp)",
    );
    await em().execute("delete from boxoffice_migrations where name <> '20991231-later'");
    const refused = /newer than this boxoffice, which does not know 20991231-later/;
    await expect(migrateUrl(newer.url)).rejects.toThrow(refused);
    await expect(assertMigrated(await open(newer))).rejects.toThrow(refused);
    expect(await em().execute('select name from boxoffice_migrations')).toEqual([{ name: '20991231-later' }]);
  });

  test('comes to a table full of bookings without writing its rows, which then wait for nothing', async () => {
    const old = await open(await createEmpty());
    await old.orm.migrator.up({ to: '20261123-initial' });
    const sqlite = kind === 'sqlite';
    await old
      .em()
      .execute(`insert into events (id, title, capacity, created_at) values (1, 'Concert', 10, '2030-01-01')`);
    await old.em().execute(
      `insert into bookings (reference, event_id, user_id, quantity, status, fingerprint, version, created_at, updated_at)
       values ('old', 1, 'alice', 1, 'PENDING', '', 1, '2030-01-01', '2030-01-01')`,
    );
    const rows = sqlite
      ? "select rootpage from sqlite_master where name = 'bookings'"
      : "select relfilenode from pg_class where relname = 'bookings'";
    const before = await old.em().execute<object[]>(rows);
    const applied = await migrate(old);
    expect(applied).toContain('20261125-finalization-attempts');
    expect(await old.em().execute(rows)).toEqual(before);
    expect(await old.em().execute('select attempts, due_at from bookings')).toEqual([{ attempts: 0, due_at: null }]);
  });

  describe('refuses', () => {
    const at = "'2030-01-01'";
    const event = (id: number, more: Record<string, string | number> = {}) =>
      insert('events', { id, title: "'Concert'", capacity: 2, created_at: at, ...more });
    const booking = (id: number, more: Record<string, string | number> = {}) =>
      insert('bookings', {
        id,
        reference: `'ref-${id}'`,
        event_id: 1,
        user_id: "'alice'",
        quantity: 1,
        status: "'PENDING'",
        fingerprint: "''",
        version: 1,
        created_at: at,
        updated_at: at,
        ...more,
      });
    const ticket = (id: number, more: Record<string, string | number> = {}) =>
      insert('tickets', { id, booking_id: 1, serial: id, code: `'code-${id}'`, ...more });
    const insert = (table: string, row: Record<string, string | number>) =>
      `insert into ${table} (${Object.keys(row).join(', ')}) values (${Object.values(row).join(', ')})`;

    beforeAll(async () => {
      for (const sql of [event(1), booking(1, { idempotency_key: "'k'" }), ticket(1)]) await db.em().execute(sql);
    });

    test.each([
      ['more booked than there are places', event(2, { booked_count: 3 })],
      ['less than no place booked', event(2, { booked_count: -1 })],
      ['more finalized than booked', event(2, { booked_count: 1, finalized_count: 2 })],
      ['an event without places', event(2, { capacity: 0 })],
      ['an unknown event status', event(2, { status: "'OPEN'" })],
      ['a booking of no places', booking(2, { quantity: 0 })],
      ['an unknown booking status', booking(2, { status: "'NEW'" })],
      ['a booking of no event', booking(2, { event_id: 99 })],
      ['a second booking with the same reference', booking(2, { reference: "'ref-1'" })],
      ['a second booking of a user and key', booking(2, { idempotency_key: "'k'" })],
      ['a ticket of no booking', ticket(2, { booking_id: 99 })],
      ['a second ticket for a place', ticket(2, { serial: 1 })],
      ['a second ticket with the same code', ticket(2, { code: "'code-1'" })],
      ['a ticket for place 0', ticket(2, { serial: 0 })],
      ['an UPDATE above capacity', 'update events set booked_count = 3 where id = 1'],
    ])('%s', async (_what, sql) => {
      await expect(db.em().execute(sql)).rejects.toThrow(/constraint/i);
    });

    test('(control) none of the rows that it refuses without their fault', async () => {
      const tx = [event(3), booking(3, { idempotency_key: "'k3'", event_id: 3 }), ticket(3, { booking_id: 3 })];
      for (const sql of tx) await db.em().execute(sql);
    });
  });
});
