import { copyFile, readdir, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { openDatabase } from '../../src/migrations/open-database.ts';
import { connectSqlite } from '../../src/platform/sqlite/sqlite-connection.ts';
import { createEmptyDatabase, migrateUrl, type TestDatabase } from '../support/databases.ts';

/** Where the header says whether a database is in WAL mode, 2, or not, 1. https://www.sqlite.org/fileformat2.html */
const WRITE_VERSION = 18;

let database: TestDatabase;
let file: string;
beforeEach(async () => {
  database = await createEmptyDatabase('sqlite');
  await migrateUrl(database.url);
  file = database.url.slice('sqlite:'.length);
});
afterEach(() => database.remove());

test('who waits for a database that is replaced meanwhile neither sells from the old one nor leaves a log beside the new', async () => {
  const restoring = connectSqlite(file, { busyTimeoutMs: 0 });
  restoring.pragma('journal_mode = delete');
  restoring.exec('begin exclusive');
  await copyFile(file, `${file}.new`);
  const opening = openDatabase(readConfig({ DATABASE_URL: database.url }).database).catch((error: Error) => error);
  // Opening takes its time; whoever began later and has opened another file shows that this one is open as well.
  const other = await createEmptyDatabase('sqlite');
  await migrateUrl(other.url);
  await other.remove();
  await rename(file, `${file}.before`);
  await rename(`${file}.new`, file);
  restoring.close();

  expect(await opening).toMatchObject({ message: `${file} was moved, removed or replaced; put it back, or restart` });
  expect((await readFile(`${file}.before`))[WRITE_VERSION]).toBe(1);
  expect((await readdir(dirname(file))).sort()).toEqual(['boxoffice.db', 'boxoffice.db.before']);
});
