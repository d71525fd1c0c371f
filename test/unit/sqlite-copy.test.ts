import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { connectSqlite, type SqliteConnection } from '../../src/platform/sqlite/sqlite-connection.ts';
import { copySqlite } from '../../src/platform/sqlite/sqlite-copy.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/services/reap-when-orphaned.ts';

const PAGES = 5_500;
const ROW_OF_A_PAGE = 3_000;

describe('a copy of a database that others write to', () => {
  const never = new AbortController().signal;
  let folder: TemporaryFolder;
  let reader: SqliteConnection;
  let writer: SqliteConnection;
  let copied: string;

  beforeEach(async () => {
    folder = await temporaryFolder('copy');
    const file = join(folder.path, 'box.db');
    copied = join(folder.path, 'copy.db');
    const seed = new DatabaseSync(file);
    seed.exec(`pragma journal_mode = wal; create table rows (id integer primary key, text text);
      with recursive n(i) as (select 1 union all select i + 1 from n where i < ${PAGES})
      insert into rows select i, hex(zeroblob(${ROW_OF_A_PAGE / 2})) from n; create table sold (id integer primary key)`);
    seed.close();
    reader = connectSqlite(file, { busyTimeoutMs: 0 });
    writer = connectSqlite(file, { busyTimeoutMs: 0 });
  });
  afterEach(async () => {
    reader.close();
    writer.close();
    await folder.remove();
  });

  /** Commits, which a lock of the copy's would refuse, and has the log brought into the file that is being copied. */
  const sell = () => {
    writer.exec("insert into sold default values; update rows set text = 'sold' where id % 100 = 0");
    writer.pragma('wal_checkpoint(passive)');
  };
  const open = (file: string) => connectSqlite(file, { readonly: true, busyTimeoutMs: 0 });

  test('is of one moment, keeps nobody from committing between any two steps, and takes each page once', async () => {
    sell();
    const steps: number[] = [];
    await copySqlite(reader, copied, {
      signal: never,
      onProgress: ({ copiedBytes }) => {
        steps.push(copiedBytes);
        sell();
      },
    });
    expect(steps.length).toBeGreaterThan(4);
    expect(steps).toEqual([...steps].sort((a, b) => a - b));
    expect((await stat(copied)).mode & 0o777).toBe(0o600);

    const copy = open(copied);
    expect(copy.pragma('integrity_check', { simple: true })).toBe('ok');
    expect(copy.prepare('select count(*) as n from sold').get()).toEqual({ n: 1 });
    copy.close();
    expect(writer.prepare('select count(*) as n from sold').get()).toEqual({ n: 1 + steps.length });
  });

  test('(control) begins anew with each commit when it holds no snapshot', async () => {
    const steps: number[] = [];
    await reader.backup(copied, {
      progress: ({ totalPages, remainingPages }) => {
        steps.push(totalPages - remainingPages);
        if (steps.length <= 10) sell();
        return 1_000;
      },
    });
    expect(steps.slice(1, 11)).toEqual(Array(10).fill(1_000));
  });

  test('ends when it is told to, and lets go of its snapshot', async () => {
    const stop = new AbortController();
    const onProgress = () => stop.abort(new Error('stopped'));
    await expect(copySqlite(reader, copied, { signal: stop.signal, onProgress })).rejects.toThrow('stopped');
    sell();
    expect(reader.inTransaction).toBe(false);
    expect(reader.prepare('select count(*) as n from sold').get()).toEqual({ n: 1 });
  });

  test('never goes into a file that exists', async () => {
    await writeFile(copied, 'mine');
    await expect(copySqlite(reader, copied, { signal: never, onProgress: () => undefined })).rejects.toThrow(/EEXIST/);
    expect(await readFile(copied, 'utf8')).toBe('mine');
  });
});
