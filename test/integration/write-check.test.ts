import { afterAll, beforeAll, expect, test } from 'vitest';
import { NEEDED_WRITES } from '../../src/api/health.ts';
import { readConfig } from '../../src/config.ts';
import { openDatabase } from '../../src/migrations/open-database.ts';
import type { Database } from '../../src/platform/database.ts';
import { WriteCheck } from '../../src/platform/write-check.ts';
import { createMigratedPostgres, type TestDatabase } from '../support/databases.ts';
import { eventually } from '../support/eventually.ts';
import { queryPostgres } from '../support/query-database.ts';

let database: TestDatabase;
const opened: Database[] = [];
beforeAll(async () => {
  database = await createMigratedPostgres();
});
afterAll(async () => {
  for (const db of opened) await db.close();
  await database.remove();
});

const asOwner = (sql: string) => queryPostgres(database.url, sql);

async function openCheck(url = database.url): Promise<{ db: Database; check: WriteCheck }> {
  const db = await openDatabase(readConfig({ DATABASE_URL: url }).database);
  opened.push(db);
  return { db, check: new WriteCheck(db) };
}

test('a role that may not write all that is needed is told apart from one that may', async () => {
  const role = `shop_${database.url.slice(-8)}`;
  await asOwner(`create role ${role} login password 'open sesame'`);
  try {
    await asOwner(`grant select, insert, update on events, bookings, tickets to ${role}`);
    const { check } = await openCheck(
      Object.assign(new URL(database.url), { username: role, password: 'open sesame' }).href,
    );
    const { selling, finalizing } = NEEDED_WRITES;
    await check.assertWritable(selling);
    await check.assertWritable(finalizing);
    await asOwner(`revoke insert on tickets from ${role}`);
    await check.assertWritable(selling);
    await expect(check.assertWritable(finalizing)).rejects.toThrow('permits not all that is needed');
    await asOwner(`revoke insert on bookings from ${role}`);
    await expect(check.assertWritable(selling)).rejects.toThrow('permits not all that is needed');
    await asOwner(`grant insert (event_id, user_id) on bookings to ${role}`);
    await check.assertWritable(selling);
  } finally {
    await asOwner(`drop owned by ${role}`);
    await asOwner(`drop role ${role}`);
  }
});

test('a disk that refused a booking is full until it takes something, and then all is well', async () => {
  const { db, check } = await openCheck();
  const watched = check.watched();
  const { selling } = NEEDED_WRITES;
  const write = () =>
    watched.transaction('booking', (tx) => tx.execute("update boxoffice_migrations set name = name || ''"));
  await write();
  await check.assertWritable(selling);

  const noRoom = `returns %s language plpgsql as $$ begin raise exception 'no space' using errcode = 'disk_full'; end $$`;
  await asOwner(`create function no_room() ${noRoom.replace('%s', 'trigger')}`);
  await asOwner(`create function no_new_room() ${noRoom.replace('%s', 'event_trigger')}`);
  await asOwner(
    'create trigger full_disk before update on boxoffice_migrations for each statement execute function no_room()',
  );
  await asOwner(
    "create event trigger full_disk on ddl_command_start when tag in ('CREATE TABLE AS') execute function no_new_room()",
  );
  // Nobody has written yet, so nobody knows.
  await check.assertWritable(selling);
  await expect(write()).rejects.toThrow('no space');
  await expect(check.assertWritable(selling)).rejects.toThrow('no space');
  await expect(check.assertWritable(selling)).rejects.toThrow('no space');

  await asOwner('drop event trigger full_disk');
  await eventually(() => check.assertWritable(selling).then(() => true));
  const [left] = await db
    .em()
    .execute<{ count: string }[]>("select count(*) from pg_class where relname = 'boxoffice_trial'");
  expect(Number(left?.count)).toBe(0);
});
