import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WalSync } from '../../src/platform/sqlite/wal-sync.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/services/reap-when-orphaned.ts';

describe("the sync of SQLite's log", () => {
  let folder: TemporaryFolder;
  let file: string;
  beforeEach(async () => {
    folder = await temporaryFolder('wal');
    file = join(folder.path, 'boxoffice.db');
    await writeFile(`${file}-wal`, 'frames');
  });
  afterEach(() => folder.remove());

  test('that runs is not enough for whoever comes during it: they share the next one', async () => {
    const doors: (() => void)[] = [];
    const wal = new WalSync(file, () => new Promise((resolve) => void doors.push(resolve)));
    const done: string[] = [];
    const note = (name: string) => wal.sync().then(() => void done.push(name));
    const all = [note('first')];
    while (doors.length === 0) await new Promise(setImmediate);
    all.push(note('second'), note('third'));
    doors[0]?.();
    while (doors.length === 1) await new Promise(setImmediate);
    expect(done).toEqual(['first']);
    doors[1]?.();
    await Promise.all(all);
    expect([done, doors.length]).toEqual([['first', 'second', 'third'], 2]);
    await wal.close();
  });

  test('fails for good after one failure', async () => {
    let calls = 0;
    const wal = new WalSync(file, async () => {
      if (++calls === 2) throw new Error('EIO');
    });
    await wal.sync();
    for (let again = 0; again < 3; again++)
      await expect(wal.sync()).rejects.toMatchObject({ code: 'SQLITE_IOERR_FSYNC' });
    expect(calls).toBe(2);
    await wal.close();
  });

  test('of a real file succeeds', async () => {
    const wal = new WalSync(file);
    await Promise.all([wal.sync(), wal.sync()]);
    await wal.close();
  });
});
