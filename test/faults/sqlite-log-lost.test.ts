import { rename, rm, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { openDatabase } from '../../src/migrations/open-database.ts';
import { BookingLoad, tally } from '../support/booking-client.ts';
import { type BoxOfficeProcess, WARN } from '../support/boxoffice-process.ts';
import { eventually } from '../support/eventually.ts';
import { expectNobodyStranded, expectNothingLost, expectRetriesFindTheSame } from '../support/fault-expectations.ts';
import { Fleet } from '../support/fleet.ts';
import { createEvent } from '../support/graphql-client.ts';
import { createSetup, type Setup } from '../support/setups.ts';

const ENDING = 'the database cannot be relied on, ending';
const BOOKED = 20;

describe("SQLite's log, on which everything since the last checkpoint rests, and which is", () => {
  let fleet: Fleet;
  let file: string;
  let eventId: string;
  let load: BookingLoad;
  afterEach(() => fleet.close());

  /** Bookings that are answered, and going on. @returns the first process */
  async function sell(setup: Setup, roles: readonly ('serve' | 'api' | 'worker')[]): Promise<BoxOfficeProcess> {
    const { env, remove } = await createSetup(setup);
    file = (env['DATABASE_URL'] as string).slice('sqlite:'.length);
    fleet = new Fleet(env, remove);
    const started = await Promise.all(roles.map((role) => fleet.start(role)));
    const urls = started.filter(({ args }) => args[0] !== 'worker').map(({ url }) => url);
    eventId = await createEvent(urls[0] as string, { capacity: 100_000 });
    load = new BookingLoad(urls, eventId, { concurrency: 10, pauseMs: 60 });
    await eventually(() => load.booked.length >= BOOKED, { timeoutMs: 15_000 });
    return started[0] as BoxOfficeProcess;
  }

  const expectEnded = (office: BoxOfficeProcess) =>
    eventually(() => {
      expect(office.exit).toEqual({ code: 1, signal: null });
      expect(office.logged(ENDING)).toMatchObject([
        { err: { message: expect.stringMatching(/-(wal|shm) was moved/) } },
      ]);
    });

  /** Every answer holds in a box office that is started on what is left of the file. */
  async function expectAllThere(role: 'serve' | 'api' = 'serve'): Promise<void> {
    const attempts = await load.stop();
    const { booked: _, SERVICE_UNAVAILABLE: __, unanswered: ___, ...surprising } = tally(attempts);
    expect(surprising).toEqual({});
    const { url } = await fleet.start(role);
    if (role === 'api') await fleet.start('worker');
    await expectNothingLost(url, eventId, attempts);
    await expectRetriesFindTheSame(url, eventId, attempts);
    await expectNobodyStranded(url, eventId);
  }

  test.each([
    ['removed together with its index', () => Promise.all([rm(`${file}-wal`), rm(`${file}-shm`)])],
    ['replaced by an empty one', () => rename(`${file}-empty`, `${file}-wal`)],
    ['left without its index', () => rm(`${file}-shm`)],
  ])('%s while it sells: the process ends with one line, and every answer holds', async (_how, lose) => {
    const office = await sell('embedded', ['serve']);
    await writeFile(`${file}-empty`, '');
    await lose();
    await expectEnded(office);
    await expectAllThere();
  });

  test('removed: a process killed with the first error that it answers has lost nothing', async () => {
    const office = await sell('embedded', ['serve']);
    await rm(`${file}-wal`);
    const failed = () => load.attempts.some(({ outcome }) => outcome.kind === 'failed');
    await eventually(() => failed() || office.exit !== null, { intervalMs: 1 });
    await office.kill();
    await expectAllThere();
  });

  test('removed while nobody asks for anything: it is noticed all the same', async () => {
    const office = await sell('embedded', ['serve']);
    await load.stop();
    await expectNobodyStranded(office.url, eventId);
    await rm(`${file}-wal`);
    await expectEnded(office);
    await expectAllThere();
  });

  test('removed under two APIs and a worker: all three end, and every answer holds', async () => {
    await sell('sqlite + redis', ['api', 'api', 'worker']);
    await rm(`${file}-wal`);
    await Promise.all(fleet.processes.map(expectEnded));
    await expectAllThere('api');
  });

  describe('removed while somebody reads in it', () => {
    const reading = Promise.withResolvers<void>();
    beforeEach(() => sell('embedded', ['serve']));

    test('the process does not end before its log is rescued, sells nothing meanwhile, and says so', async () => {
      const [office] = fleet.processes as [BoxOfficeProcess];
      const reader = await openDatabase(readConfig(fleet.env).database, { patient: true, mustExist: true });
      const read = reader.snapshot(async (tx) => {
        await tx.execute('select count(*) from bookings');
        await reading.promise;
      });
      await rm(`${file}-wal`);
      const warned = () =>
        office.logs.filter(({ level, msg }) => level === WARN && /do not end this process/.test(msg));
      await eventually(() => expect(warned()).toHaveLength(1));
      expect((await fetch(`${office.url}/readyz`)).status).toBe(503);
      expect(office.exit).toBeNull();
      reading.resolve();
      await read;
      await reader.close();
      await expectEnded(office);
      await expectAllThere();
    });
  });
});
