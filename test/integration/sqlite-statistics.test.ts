import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { migrate } from '../../src/migrations/migrate.ts';
import { openDatabase } from '../../src/migrations/open-database.ts';
import type { Database } from '../../src/platform/database.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/services/reap-when-orphaned.ts';

const LARGE_BYTES = 40 * 1_048_576;

let folder: TemporaryFolder;
beforeAll(async () => {
  folder = await temporaryFolder('sqlite');
});
afterAll(() => folder.remove());

async function withDatabase<T>(work: (db: Database) => Promise<T>): Promise<T> {
  const { database } = readConfig({ DATABASE_URL: `sqlite:${join(folder.path, 'boxoffice.db')}` });
  const db = await openDatabase(database);
  try {
    return await work(db);
  } finally {
    await db.close();
  }
}

async function tablesWithStatistics(db: Database): Promise<string[]> {
  const rows = await db.em().execute<{ tbl: string }[]>('select distinct tbl from sqlite_stat1 order by tbl');
  return rows.map(({ tbl }) => tbl);
}

test('a start gives SQLite statistics of a small file, and does not count a large one', async () => {
  const event = (db: Database) =>
    db.em().execute(`insert into events (title, capacity, created_at) values ('Concert', 1, 0)`);
  await withDatabase(async (db) => {
    await migrate(db);
    await event(db);
  });
  expect(await withDatabase(tablesWithStatistics)).toContain('events');

  await withDatabase(async (db) => {
    await db.em().execute('delete from sqlite_stat1');
    await db.em().execute(`insert into events (title, capacity, created_at) values (zeroblob(${LARGE_BYTES}), 1, 0)`);
  });
  expect(await withDatabase(tablesWithStatistics)).toEqual([]);
});
