import { execFile } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Attempt, BookingLoad, tally } from '../support/booking-client.ts';
import { type BoxOfficeProcess, runCommand } from '../support/boxoffice-process.ts';
import { createEmptyDatabase } from '../support/databases.ts';
import { eventually } from '../support/eventually.ts';
import {
  expectNobodyStranded,
  expectNoFalseSoldOut,
  expectNothingLost,
  expectRetriesFindTheSame,
} from '../support/fault-expectations.ts';
import { Fleet, openFleet } from '../support/fleet.ts';
import { bookingsOf, createEvent, graphql, graphqlData } from '../support/graphql-client.ts';
import { temporaryFolder } from '../support/services/reap-when-orphaned.ts';

const FATAL = 60;
const CONCURRENCY = 10;
const LINE = 'the database cannot be relied on, ending';
const CANCEL = 'mutation ($id: ID!) { cancelBooking(id: $id) { status } }';

/** Without a tail of attempts that found nobody at home any more. */
const heard = (attempts: readonly Attempt[]) => attempts.filter(({ outcome }) => outcome.kind !== 'unanswered');

describe("SQLite's log that cannot be synced any more", () => {
  let disk: FailingDisk;
  let fleet: Fleet;
  beforeEach(async () => {
    disk = await createFailingDisk();
  });
  afterEach(async () => {
    await disk.heal();
    await fleet.close();
    await disk.remove();
  });

  async function expectEnded(office: BoxOfficeProcess): Promise<void> {
    await eventually(() => expect(office.exit).toEqual({ code: 1, signal: null }), { timeoutMs: 10_000 });
    expect(office.logs.filter(({ level }) => level === FATAL)).toEqual([
      expect.objectContaining({
        msg: LINE,
        err: expect.objectContaining({ message: expect.stringMatching(/-wal cannot be brought to the disk/) }),
      }),
    ]);
  }

  /** The rows that nobody was told of: at most the group that was in flight. */
  async function unknownRows(url: string, eventId: string, attempts: readonly Attempt[]): Promise<string[]> {
    const told = new Set(attempts.flatMap(({ outcome }) => (outcome.kind === 'booked' ? [outcome.id] : [])));
    return [...(await bookingsOf(url, eventId)).values()].filter(({ id }) => !told.has(id)).map(({ userId }) => userId);
  }

  test('ends the process with one line, and sells no place to nobody: what was in flight is all that is unknown', async () => {
    fleet = await openFleet('embedded');
    const office = await fleet.start('serve', disk.env);
    const eventId = await createEvent(office.url, { capacity: 100_000 });
    const load = new BookingLoad([office.url], eventId, { concurrency: CONCURRENCY, pauseMs: 10 });
    await eventually(() => load.booked.length >= 50, { timeoutMs: 15_000 });
    await disk.fail();
    await expectEnded(office);
    const attempts = await load.stop();
    await disk.heal();

    const { booked: _, SERVICE_UNAVAILABLE = 0, ...surprising } = tally(heard(attempts));
    expect(surprising).toEqual({});
    expect(SERVICE_UNAVAILABLE).toBeGreaterThan(0);
    const restarted = await fleet.start('serve', disk.env);
    const unknown = await unknownRows(restarted.url, eventId, attempts);
    expect(unknown.length).toBeLessThanOrEqual(CONCURRENCY);
    const firstError = Math.min(...attempts.filter(({ outcome }) => outcome.kind === 'failed').map((a) => a.endedAt));
    const later = attempts.filter(({ startedAt }) => startedAt > firstError).map(({ input }) => input.userId);
    expect(unknown.filter((userId) => later.includes(userId))).toEqual([]);
    await expectNothingLost(restarted.url, eventId, attempts);
    await expectRetriesFindTheSame(restarted.url, eventId, attempts);
    await expectNobodyStranded(restarted.url, eventId);
  });

  test('of one of two APIs: the other one sells every place, and no buyer hears of a place that nobody has', async () => {
    fleet = await openFleet('sqlite + redis');
    const [sick, healthy] = await Promise.all([
      fleet.start('api', disk.env),
      fleet.start('api'),
      fleet.start('worker', { SWEEP_INTERVAL_MS: '500', SWEEP_AGE_MS: '1000' }),
    ]);
    const capacity = 600;
    const eventId = await createEvent(healthy.url, { capacity });
    const urls = [sick.url, healthy.url];
    const load = new BookingLoad(urls, eventId, { concurrency: CONCURRENCY, pauseMs: 10 });
    await eventually(() => load.booked.filter(({ url }) => url === sick.url).length >= 30, { timeoutMs: 15_000 });
    await disk.fail();
    await expectEnded(sick);
    await eventually(() => (tally(load.attempts)['SOLD_OUT'] ?? 0) >= CONCURRENCY, { timeoutMs: 20_000 });
    const attempts = await load.stop();

    const { booked: _, SOLD_OUT: __, SERVICE_UNAVAILABLE: ___, ...surprising } = tally(heard(attempts));
    expect(surprising).toEqual({});
    await expectNoFalseSoldOut(healthy.url, eventId, attempts);
    expect((await unknownRows(healthy.url, eventId, attempts)).length).toBeLessThanOrEqual(CONCURRENCY);
    await expectNothingLost(healthy.url, eventId, attempts);
    expect(await expectNobodyStranded(healthy.url, eventId)).toMatchObject({ bookedCount: capacity });
    expect(healthy.exit).toBeNull();
  });

  test('at a cancellation: the first one is answered with an error and no second one is; after the restart it is done, once', async () => {
    fleet = await openFleet('embedded');
    const office = await fleet.start('serve', disk.env);
    const eventId = await createEvent(office.url, { capacity: 10 });
    const load = new BookingLoad([office.url], eventId, { concurrency: 1, maxAttempts: 1 });
    await eventually(() => load.booked.length === 1);
    await load.stop();
    await expectNobodyStranded(office.url, eventId);
    const [id] = [...(await bookingsOf(office.url, eventId)).keys()];
    await disk.fail();
    const answers = await Promise.all([1, 2, 3].map(() => graphql(office.url, CANCEL, { id })));
    for (const { errors } of answers) expect(errors).toMatchObject([{ extensions: { code: 'SERVICE_UNAVAILABLE' } }]);
    await expectEnded(office);
    await disk.heal();

    const restarted = await fleet.start('serve', disk.env);
    const again = await graphqlData(restarted.url, CANCEL, { id });
    expect(again).toEqual({ cancelBooking: { status: 'CANCELLED' } });
  });

  test('of a worker: it ends, and the next one finalizes what it left', async () => {
    fleet = await openFleet('sqlite + redis');
    const [api, worker] = await Promise.all([fleet.start('api'), fleet.start('worker', disk.env)]);
    const eventId = await createEvent(api.url, { capacity: 100_000 });
    await disk.fail();
    const load = new BookingLoad([api.url], eventId, { concurrency: 2, maxAttempts: 20 });
    await expectEnded(worker);
    await eventually(() => load.attempts.length === 20);
    expect(tally(await load.stop())).toEqual({ booked: 20 });
    await fleet.start('worker');
    expect(await expectNobodyStranded(api.url, eventId)).toMatchObject({ pendingCount: 0 });
  });

  test('ends a command with 1 and one line', async () => {
    const { url: DATABASE_URL, remove } = await createEmptyDatabase('sqlite');
    fleet = new Fleet({ DATABASE_URL }, remove);
    await disk.fail();
    const { code, stdout, stderr } = await runCommand(['migrate'], { ...fleet.env, ...disk.env });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^boxoffice: .*boxoffice\.db: disk I\/O error\n$/);
    await disk.heal();
    expect(await runCommand(['migrate'], fleet.env)).toMatchObject({ code: 0 });
    await disk.fail();
    expect(await runCommand(['migrate'], { ...fleet.env, ...disk.env })).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^boxoffice: .*-wal cannot be brought to the disk, restart: EIO.*\n$/),
    });
  });
});

const run = promisify(execFile);

/** fdatasync and fsync of a write-ahead log fail with EIO while the file that FAILING_DISK names exists. */
const SOURCE = `
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int fails(int fd) {
  char link[64], path[4096];
  const char *sign = getenv("FAILING_DISK");
  if (!sign || access(sign, F_OK) != 0) return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path);
  return length > 4 && memcmp(path + length - 4, "-wal", 4) == 0;
}

static int sync_by(const char *name, int fd) {
  if (fails(fd)) { errno = EIO; return -1; }
  return ((int (*)(int)) dlsym(RTLD_NEXT, name))(fd);
}

int fdatasync(int fd) { return sync_by("fdatasync", fd); }
int fsync(int fd) { return sync_by("fsync", fd); }
`;

/** A disk on which SQLite's write-ahead log cannot be synced any more, for the processes that are given `env`. */
interface FailingDisk {
  readonly env: Readonly<Record<string, string>>;
  /** From now on, until `heal`. */
  fail(): Promise<void>;
  heal(): Promise<void>;
  remove(): Promise<void>;
}

/** By a library that is compiled here and preloaded there; wants Linux and a C compiler. */
async function createFailingDisk(): Promise<FailingDisk> {
  const folder = await temporaryFolder('failing-disk');
  const [source, library, sign] = ['failing-disk.c', 'failing-disk.so', 'fails'].map((name) => join(folder.path, name));
  await writeFile(source as string, SOURCE);
  await run('cc', ['-shared', '-fPIC', '-o', library as string, source as string, '-ldl']);
  return {
    env: { LD_PRELOAD: library as string, FAILING_DISK: sign as string },
    fail: () => writeFile(sign as string, ''),
    heal: () => rm(sign as string, { force: true }),
    remove: () => folder.remove(),
  };
}
