import { chmod, rename } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BookingLoad, tally } from '../support/booking-client.ts';
import { runCommand } from '../support/boxoffice-process.ts';
import { eventually } from '../support/eventually.ts';
import {
  ERROR,
  expectAnsweredInTime,
  expectNobodyStranded,
  expectNothingLost,
  expectReady,
  expectRetriesFindTheSame,
  expectTwoLines,
} from '../support/fault-expectations.ts';
import { Fleet } from '../support/fleet.ts';
import { createEvent } from '../support/graphql-client.ts';
import { send } from '../support/http-client.ts';
import { readyz } from '../support/readiness.ts';
import { temporaryFolder } from '../support/services/reap-when-orphaned.ts';
import { openSmallDisk, type SmallDisk } from '../support/small-disk.ts';

const DISK_BYTES = 8 * 1_024 * 1_024;

describe('SQLite on a disk', () => {
  let disk: SmallDisk;
  let fleet: Fleet;
  beforeEach(async () => {
    disk = await openSmallDisk(DISK_BYTES);
    fleet = new Fleet({ DATABASE_URL: `sqlite:${disk.path}/boxoffice.db` }, () => disk.remove());
  });
  afterEach(() => fleet.close());

  test('that is full: SERVICE_UNAVAILABLE, nothing half written, what was sold can be downloaded, a backup elsewhere, and all is well when there is room again', async () => {
    const office = await fleet.start('serve');
    const eventId = await createEvent(office.url, { capacity: 100_000 });
    // Also while nobody buys: a balancer is to know before the buyers do.
    await disk.fill(office.pid);
    const full = { httpStatus: 503, status: 'unavailable', checks: { database: 'unavailable' } };
    await eventually(async () => expect(await readyz(office.url)).toEqual(full));
    await disk.free(office.pid);
    await expectReady(office.url);
    const load = new BookingLoad([office.url], eventId, { concurrency: 10, pauseMs: 60 });
    await eventually(() => load.booked.length >= 50, { timeoutMs: 15_000 });
    await disk.fill(office.pid);
    await eventually(() => (tally(load.attempts)['SERVICE_UNAVAILABLE'] ?? 0) >= 50, { timeoutMs: 20_000 });
    expect((await fetch(`${office.url}/livez`)).status).toBe(200);
    await eventually(async () => expect(await readyz(office.url)).toEqual(full));
    await fleet.verify();
    const file = await send(office.url, { path: `/event/${eventId}/bookings.csv` });
    expect(file.status).toBe(200);
    const sold = load.booked.flatMap(({ outcome }) => (outcome.kind === 'booked' ? [outcome] : []));
    for (const { id, reference } of sold) expect(file.text).toContain(`\r\n${id},${reference},`);
    const elsewhere = await temporaryFolder('backup');
    expect(await runCommand(['backup', `${elsewhere.path}/copy.db`], fleet.env)).toMatchObject({ code: 0, stderr: '' });
    await elsewhere.remove();
    await disk.free(office.pid);
    const freedAt = performance.now();
    await expectReady(office.url);
    await eventually(() => load.booked.some(({ startedAt }) => startedAt > freedAt), { timeoutMs: 10_000 });
    const attempts = await load.stop();

    expectAnsweredInTime(attempts);
    const { booked: _, SERVICE_UNAVAILABLE: __, ...surprising } = tally(attempts);
    expect(surprising).toEqual({});
    await expectNothingLost(office.url, eventId, attempts);
    await expectRetriesFindTheSame(office.url, eventId, attempts);
    await expectNobodyStranded(office.url, eventId);
    expect(office.exit).toBeNull();
  });

  test('that loses its file: SERVICE_UNAVAILABLE and not ready, instead of bookings that nobody finds again', async () => {
    const office = await fleet.start('serve');
    const eventId = await createEvent(office.url, { capacity: 100_000 });
    const load = new BookingLoad([office.url], eventId, { concurrency: 10, pauseMs: 60 });
    await eventually(() => load.booked.length >= 50, { timeoutMs: 15_000 });
    const printed = office.stdout.length;
    const [file, elsewhere] = [`${disk.path}/boxoffice.db`, `${disk.path}/elsewhere.db`];
    await rename(file, elsewhere);
    const from = performance.now();
    const during = () => load.attempts.filter(({ startedAt }) => startedAt > from);
    await eventually(() => during().length >= 50, { timeoutMs: 20_000 });
    expect((await fetch(`${office.url}/readyz`)).status).toBe(503);
    const duringIt = [...during()];
    await rename(elsewhere, file);
    await expectReady(office.url);
    const attempts = await load.stop();

    expect(tally(duringIt)).toEqual({ SERVICE_UNAVAILABLE: duringIt.length });
    expectAnsweredInTime(attempts);
    await expectNothingLost(office.url, eventId, attempts);
    await expectRetriesFindTheSame(office.url, eventId, attempts);
    await expectNobodyStranded(office.url, eventId);
    expect(office.exit).toBeNull();
    const { requests } = await expectTwoLines(office, printed, { name: 'sqlite', level: ERROR });
    expect(requests).toBeGreaterThanOrEqual(40);
  });

  test('that may only be read: one line at the start, and the end', async () => {
    const file = `${disk.path}/boxoffice.db`;
    const migrated = await runCommand(['migrate'], fleet.env);
    expect(migrated.code).toBe(0);
    await Promise.all([chmod(file, 0o444), chmod(disk.path, 0o555)]);
    const { code, stderr } = await runCommand(['serve'], fleet.env, { heedingPermissions: true });
    await Promise.all([chmod(file, 0o644), chmod(disk.path, 0o755)]);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: `boxoffice: DATABASE_URL: ${file}: attempt to write a readonly database\n`,
    });
  });
});
