import { chown, copyFile, cp, mkdir, open, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type CommandResult, runCommand } from '../support/boxoffice-process.ts';
import { Fleet, openFleet } from '../support/fleet.ts';
import { allFinalized, bookTicket, createEvent } from '../support/graphql-client.ts';
import { sqliteFile, sqliteRows, tamperWith } from '../support/query-database.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/services/reap-when-orphaned.ts';

const LEAP = 10_000_000;
const NOBODY = 65_534;

/** A box office that sold three bookings before its backup and two after it, of a second event, and was killed. */
describe('boxoffice restore', () => {
  let lost: { folder: TemporaryFolder; backup: string };
  let folder: TemporaryFolder;
  let file: string;
  let backup: string;
  let env: Readonly<Record<string, string>>;

  const book = async (url: string, eventId: string, userId: string) => {
    const booked = await bookTicket(url, { eventId, userId });
    return booked.__typename === 'Booking' ? Number(booked.id) : booked.code;
  };

  beforeAll(async () => {
    const kept = await temporaryFolder('restore');
    const fleet = await openFleet('embedded');
    const office = await fleet.start('serve');
    lost = { folder: kept, backup: join(kept.path, 'backup.db') };
    const before = await createEvent(office.url, { capacity: 100 });
    for (const user of ['alice', 'bob', 'carol']) await book(office.url, before, user);
    await allFinalized(office.url, before);
    expect(await runCommand(['backup', lost.backup], fleet.env)).toMatchObject({ code: 0 });
    const after = await createEvent(office.url, { capacity: 100 });
    for (const user of ['dan', 'erin']) await book(office.url, after, user);
    await allFinalized(office.url, after);
    await office.kill();
    await cp(dirname(sqliteFile(fleet.env)), join(kept.path, 'data'), { recursive: true });
    await fleet.close();
  });
  afterAll(() => lost.folder.remove());

  beforeEach(async () => {
    folder = await temporaryFolder('restore');
    await cp(join(lost.folder.path, 'data'), folder.path, { recursive: true });
    file = join(folder.path, 'boxoffice.db');
    backup = lost.backup;
    env = { DATABASE_URL: `sqlite:${file}` };
  });
  afterEach(() => folder.remove());

  const restore = (...args: string[]) => runCommand(['restore', backup, ...args], env);
  const expectRestored = async (result: CommandResult) => {
    expect(result).toMatchObject({ code: 0, stderr: '' });
    await new Fleet(env, async () => undefined).verify();
    expect(sqliteRows(file, 'select user_id from bookings order by id')).toEqual(
      ['alice', 'bob', 'carol'].map((user_id) => ({ user_id })),
    );
    return result.stdout.split('\n');
  };
  const nextIds = (lines: readonly string[]) =>
    Object.fromEntries(
      lines.flatMap((line) => [...line.matchAll(/^(\w+) go on at (\d+)$/g)]).map(([, t, id]) => [t, Number(id)]),
    );

  /** Sells to frank in the event of before, and to grace in a new one. */
  const sellOn = async () => {
    const fleet = new Fleet(env, async () => undefined);
    const office = await fleet.start('serve');
    const frank = await book(office.url, '1', 'frank');
    const eventId = Number(await createEvent(office.url, { capacity: 1 }));
    await fleet.close();
    return { frank, eventId };
  };

  test('gives no id to anybody that was given to somebody else after the backup', async () => {
    const lines = await expectRestored(await restore());
    expect(nextIds(lines)).toEqual({ bookings: 6, events: 3, tickets: 6, waiting_list: 1 });
    expect(await sellOn()).toEqual({ frank: 6, eventId: 3 });
  });

  test("(control) the backup itself gives frank the booking that was dan's, and a new event the id of a lost one", async () => {
    await Promise.all(['', '-wal', '-shm'].map((suffix) => rm(`${file}${suffix}`, { force: true })));
    await copyFile(backup, file);
    expect(await sellOn()).toEqual({ frank: 4, eventId: 2 });
  });

  test('keeps the database before under another name, whole, and takes away what SQLite had beside it', async () => {
    expect((await readdir(folder.path)).sort()).toEqual(['boxoffice.db', 'boxoffice.db-shm', 'boxoffice.db-wal']);
    const [restored, aside] = await expectRestored(await restore());
    expect(restored).toBe(`${file}: restored from ${backup}`);
    const kept = aside?.match(/^(.*\.before-restore-\d{8}T\d{9}Z): the database before$/)?.[1] ?? '';
    expect((await readdir(folder.path)).sort()).toEqual(['boxoffice.db', basename(kept)]);

    // And back again, which undoes it.
    const undone = await runCommand(['restore', kept], env);
    expect(undone).toMatchObject({ code: 0 });
    expect(sqliteRows(file, 'select count(*) as bookings from bookings')).toEqual([{ bookings: 5 }]);
  });

  test('refuses while a box office is idle on the database or stopped, and changes nothing', async () => {
    const fleet = new Fleet(env, async () => undefined);
    const office = await fleet.start('serve');
    const inUse = {
      code: 1,
      stdout: '',
      stderr: `boxoffice: ${file}: is in use; stop every box office and every other command on it first\n`,
    };
    expect(await restore()).toMatchObject(inUse);
    office.pause();
    expect(await restore()).toMatchObject(inUse);
    office.resume();
    expect(await book(office.url, '2', 'frank')).toBe(6);
    await office.stop();
    expect(nextIds(await expectRestored(await restore()))).toMatchObject({ bookings: 7 });
    await fleet.close();
  });

  describe('leaps over the ids that may have been given out', () => {
    const leapt = `what was given out after the backup is not known: the ids leap by ${LEAP}`;

    test('when the database is gone, whatever is left beside it', async () => {
      await rm(file);
      const lines = await expectRestored(await restore());
      expect(lines).toContain(leapt);
      expect(nextIds(lines)).toEqual({
        bookings: LEAP + 4,
        events: LEAP + 2,
        tickets: LEAP + 4,
        waiting_list: LEAP + 1,
      });
      expect(await readdir(folder.path)).toEqual(['boxoffice.db']);
    });

    test('when another one was begun in its place', async () => {
      await Promise.all(['', '-wal', '-shm'].map((suffix) => rm(`${file}${suffix}`)));
      await runCommand(['migrate'], env);
      tamperWith(file, "insert into events (title, capacity, created_at) values ('Begun again', 1, 0)");
      expect(nextIds(await expectRestored(await restore()))).toMatchObject({ bookings: LEAP + 4, events: LEAP + 2 });
    });

    test.each([
      ['is cut short', (name: string) => truncate(name, 20_000)],
      ['is overwritten at its head', (name: string) => overwrite(name, 0)],
      ['is overwritten in its schema', (name: string) => overwrite(name, 100)],
      ['is empty', (name: string) => writeFile(name, '')],
    ])('when the database %s', async (_how, damage) => {
      await rm(`${file}-wal`);
      await damage(file);
      const lines = await expectRestored(await restore());
      expect(lines).toContain(leapt);
      expect(nextIds(lines)).toMatchObject({ bookings: LEAP + 4 });
      expect((await readdir(folder.path)).filter((name) => /-(wal|shm|journal)$/.test(name))).toEqual([]);
    });

    test('unless it is told how far they went', async () => {
      await rm(file);
      const lines = await expectRestored(await restore('--ids-above', '476'));
      expect(lines).not.toContain(leapt);
      expect(nextIds(lines)).toEqual({ bookings: 477, events: 477, tickets: 477, waiting_list: 477 });
    });
  });

  test('gives the file to whom it belonged, with the permissions it had', async () => {
    if (process.getuid?.() === 0) await chown(file, NOBODY, NOBODY);
    const { uid, gid, mode } = await stat(file);
    await expectRestored(await restore());
    expect(await stat(file)).toMatchObject({ uid, gid, mode });
  });

  describe('changes nothing and says why, in one line, when the backup', () => {
    const spoilt = () => join(folder.path, 'backup', 'spoilt.db');
    const refuses = async (named = spoilt()) => {
      const { code, stdout, stderr } = await runCommand(['restore', named], env);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      const files = (await readdir(folder.path)).filter((name) => !/-(wal|shm)$/.test(name));
      expect(files.sort()).toEqual(['backup', 'boxoffice.db']);
      const ids =
        "select seq, (select count(*) from bookings) as bookings from sqlite_sequence where name = 'bookings'";
      expect(sqliteRows(file, ids)).toEqual([{ seq: 5, bookings: 5 }]);
      return stderr;
    };
    beforeEach(async () => {
      await mkdir(dirname(spoilt()));
      await copyFile(backup, spoilt());
    });

    test('was made by a newer version', async () => {
      tamperWith(spoilt(), "insert into boxoffice_migrations (name) values ('29991231-much-later')");
      expect(await refuses()).toBe(`boxoffice: ${spoilt()}: was made by a newer version (29991231-much-later)\n`);
    });

    test('is malformed', async () => {
      await overwrite(spoilt(), 5 * 4_096);
      expect(await refuses()).toMatch(/^boxoffice: .*spoilt\.db is malformed: .*\n$/);
    });

    test("is another program's, or no database, or missing, or the database itself", async () => {
      expect(await refuses(file)).toBe(`boxoffice: ${file}: is the database itself\n`);
      await writeFile(spoilt(), 'x'.repeat(10_000));
      expect(await refuses()).toBe(`boxoffice: ${spoilt()}: file is not a database\n`);
      await rm(spoilt());
      expect(await refuses()).toBe(`boxoffice: ${spoilt()}: unable to open database file\n`);
      tamperWith(spoilt(), 'create table notes (text)');
      expect(await refuses()).toBe(`boxoffice: ${spoilt()}: is not a box office's database\n`);
    });
  });
});

async function overwrite(name: string, at: number): Promise<void> {
  const file = await open(name, 'r+');
  await file.write(Buffer.alloc(100, 'x'), 0, 100, at);
  await file.close();
}
