import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { openDatabase } from '../../src/migrations/open-database.ts';
import { temporaryFolder } from '../support/services/reap-when-orphaned.ts';

async function settingsWith(env: Record<string, string>): Promise<Record<string, unknown>> {
  const folder = await temporaryFolder('sqlite');
  const { database } = readConfig({ ...env, DATABASE_URL: `sqlite:${join(folder.path, 'boxoffice.db')}` });
  const db = await openDatabase(database);
  try {
    const settings: Record<string, unknown> = {};
    for (const pragma of ['cache_size', 'mmap_size', 'busy_timeout', 'journal_mode']) {
      const [row] = await db.em().execute<Record<string, unknown>[]>(`pragma ${pragma}`);
      settings[pragma] = Object.values(row ?? {})[0];
    }
    return settings;
  } finally {
    await db.close();
    await folder.remove();
  }
}

test("SQLite's memory and its wait for a lock are those of the configuration", async () => {
  expect(await settingsWith({})).toEqual({
    cache_size: -65_536,
    mmap_size: 0,
    busy_timeout: 5,
    journal_mode: 'wal',
  });
  const env = { SQLITE_CACHE_MIB: '8', SQLITE_MMAP_MIB: '2047', SQLITE_BUSY_TIMEOUT_MS: '40' };
  expect(await settingsWith(env)).toEqual({
    cache_size: -8_192,
    mmap_size: 2_047 * 1_048_576,
    busy_timeout: 40,
    journal_mode: 'wal',
  });
});
