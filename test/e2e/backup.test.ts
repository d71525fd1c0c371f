import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { BookingLoad, tally } from '../support/booking-client.ts';
import { BoxOfficeProcess, runCommand } from '../support/boxoffice-process.ts';
import { eventually } from '../support/eventually.ts';
import { type Fleet, openFleet } from '../support/fleet.ts';
import { createEvent } from '../support/graphql-client.ts';
import { sqliteFile, sqliteRows, tamperWith } from '../support/query-database.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/services/reap-when-orphaned.ts';
import { createSetup, type SetupEnvironment } from '../support/setups.ts';
import { openSmallDisk } from '../support/small-disk.ts';

/** Some 12 MB: a copy and a check that take a while. */
const MANY_BOOKINGS = 60_000;

describe('boxoffice backup', () => {
  let target: TemporaryFolder;
  let copy: string;
  beforeEach(async () => {
    target = await temporaryFolder('backup');
    copy = join(target.path, 'copy.db');
  });
  afterEach(() => target.remove());

  describe('while selling', () => {
    let fleet: Fleet;
    beforeEach(async () => {
      fleet = await openFleet('embedded');
    });
    afterEach(() => fleet.close());

    test('makes one file, of one moment, with every booking that was answered before, and keeps nobody waiting', async () => {
      const office = await fleet.start('serve');
      const eventId = await createEvent(office.url, { capacity: 1_000_000 });
      const load = new BookingLoad([office.url], eventId);
      await eventually(() => load.booked.length >= 200);
      const before = [...load.booked];
      const { code, stdout, stderr } = await runCommand(['backup', copy], fleet.env);
      const after = load.booked.length;
      await eventually(() => load.booked.length >= after + 100);
      const attempts = await load.stop();

      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(tally(attempts)).toEqual({ booked: attempts.length });
      expect(await readdir(target.path)).toEqual(['copy.db']);
      expect((await stat(copy)).mode & 0o777).toBe(0o600);
      const verified = await runCommand(['verify'], { DATABASE_URL: `sqlite:${copy}` });
      expect(verified).toMatchObject({ code: 0, stdout: 'all promises hold\n' });
      const rows = sqliteRows<{ id: number; user_id: string }>(copy, 'select id, user_id from bookings');
      expect(stdout).toBe(`${copy}: a checked copy of ${sqliteFile(fleet.env)}, with ${rows.length} bookings\n`);
      expect(rows.length).toBeLessThan(attempts.length);
      const users = new Map(rows.map(({ id, user_id }) => [`${id}`, user_id]));
      for (const { input, outcome } of before) {
        expect(outcome.kind === 'booked' && users.get(outcome.id)).toBe(input.userId);
      }
    });
  });

  describe('that was made with cp instead, piece by piece while it sells,', () => {
    let fleet: Fleet;
    beforeEach(async () => {
      fleet = await openFleet('embedded');
    });
    afterEach(() => fleet.close());

    test('is called malformed by verify, in one line', async () => {
      const office = await fleet.start('serve');
      const eventId = await createEvent(office.url, { capacity: 1_000_000 });
      const load = new BookingLoad([office.url], eventId);
      const file = sqliteFile(fleet.env);
      const sold = async (bookings: number) => {
        await eventually(() => load.booked.length >= bookings);
        tamperWith(file, 'pragma wal_checkpoint(passive)');
      };
      await sold(300);
      const early = await readFile(file);
      await sold(load.booked.length + 300);
      const late = await readFile(file);
      await load.stop();
      const half = early.length / 2;
      await writeFile(copy, Buffer.concat([early.subarray(0, half), late.subarray(half)]));

      expect(await runCommand(['verify'], { DATABASE_URL: `sqlite:${copy}` })).toMatchObject({
        code: 1,
        stdout: '',
        stderr: expect.stringMatching(/^boxoffice: the database is malformed, restore a backup: .*\n$/),
      });
    });
  });

  describe('of many bookings', () => {
    let setup: SetupEnvironment;
    beforeAll(async () => {
      setup = await createSetup('embedded');
      await runCommand(['migrate'], setup.env);
      tamperWith(
        sqliteFile(setup.env),
        `insert into events (title, capacity, booked_count, created_at) values ('Concert', 100000, ${MANY_BOOKINGS}, 0);
         with recursive n(i) as (select 1 union all select i + 1 from n where i < ${MANY_BOOKINGS})
         insert into bookings (reference, event_id, user_id, quantity, status, fingerprint, version, created_at, updated_at)
         select 'reference-' || i, 1, 'user-' || i, 1, 'PENDING', 'event=1&quantity=1', 1, 0, 0 from n`,
      );
    });
    afterAll(() => setup.remove());

    const started = async (file: string) => {
      const backup = new BoxOfficeProcess(['backup', file], setup.env);
      await eventually(async () => expect(await readdir(target.path)).not.toEqual([]), { intervalMs: 2 });
      return backup;
    };

    test('that is killed leaves nothing under the name of the copy, and does not keep the next one from it', async () => {
      const killed = await started(copy);
      await killed.kill();
      expect(await readdir(target.path)).not.toContain('copy.db');
      expect(await runCommand(['backup', copy], setup.env)).toMatchObject({ code: 0 });
    });

    test('that is told to stop leaves nothing behind, and says so', async () => {
      const stopped = await started(copy);
      expect(await stopped.stop('SIGTERM')).toMatchObject({ code: 1 });
      expect(stopped.stderr).toBe('boxoffice: stopped by SIGTERM\n');
      expect(await readdir(target.path)).toEqual([]);
    });

    test('on a disk that is full leaves nothing behind, and says so', async () => {
      const disk = await openSmallDisk(1_024 * 1_024);
      try {
        const full = new BoxOfficeProcess(['backup', join(disk.path, 'copy.db')], setup.env);
        await disk.fill(full.pid);
        expect(await full.exited).toMatchObject({ code: 1 });
        expect(full.stderr).toMatch(/^boxoffice: .*copy\.db\.\w+\.incomplete: .*(full|no space|too large|I\/O).*\n$/i);
        await disk.free(full.pid);
        expect(await readdir(disk.path)).toEqual([]);
      } finally {
        await disk.remove();
      }
    });
  });

  describe('ends with 1 and one line', () => {
    let setup: SetupEnvironment;
    beforeAll(async () => {
      setup = await createSetup('embedded');
      await runCommand(['migrate'], setup.env);
    });
    afterAll(() => setup.remove());
    const refused = async (file: string, DATABASE_URL = setup.env['DATABASE_URL'] ?? '') => {
      const { code, stdout, stderr } = await runCommand(['backup', file], { DATABASE_URL });
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      return stderr;
    };

    test('when there is something under that name, which stays as it is', async () => {
      await writeFile(copy, 'precious');
      expect(await refused(copy)).toBe(`boxoffice: ${copy}: exists already, and is left alone\n`);
      expect(await stat(copy)).toMatchObject({ size: 'precious'.length });
    });

    test('when the folder is missing', async () => {
      const missing = join(target.path, 'missing', 'copy.db');
      expect(await refused(missing)).toMatch(/^boxoffice: ENOENT: no such file or directory, open '.*\n$/);
    });

    test('when there is no database, or another program made it', async () => {
      const none = join(target.path, 'none.db');
      expect(await refused(copy, `sqlite:${none}`)).toBe(
        `boxoffice: DATABASE_URL: ${none}: unable to open database file\n`,
      );
      tamperWith(none, 'create table notes (text)');
      expect(await refused(copy, `sqlite:${none}`)).toBe(`boxoffice: ${none}: is not a box office's database\n`);
      expect(await readdir(target.path)).toEqual(['none.db']);
    });

    test('with PostgreSQL, naming what to use instead', async () => {
      expect(await refused(copy, 'postgresql://nobody@127.0.0.1:9/none')).toBe(
        'boxoffice: backup is for SQLite; with PostgreSQL use pg_dump or pg_basebackup, see docs/operations.md\n',
      );
    });
  });
});
