import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { BookingLoad, tally } from '../support/booking-load.ts';
import { expectNothingLost, expectRetriesFindTheSame } from '../support/client-history.ts';
import { eventually } from '../support/eventually.ts';
import { Fleet } from '../support/fleet.ts';
import { createEvent } from '../support/graphql-client.ts';
import { openSmallDisk, type SmallDisk } from '../support/small-disk.ts';
import { expectAnsweredInTime, expectNobodyStranded, expectReady } from './bounds.ts';

const DISK_BYTES = 8 * 1_024 * 1_024;

describe('SQLite on a disk', () => {
  let disk: SmallDisk;
  let fleet: Fleet;
  beforeEach(async () => {
    disk = await openSmallDisk(DISK_BYTES);
    fleet = new Fleet({ DATABASE_URL: `sqlite:${disk.path}/boxoffice.db` }, () => disk.remove());
  });
  afterEach(() => fleet.close());

  test('that is full: SERVICE_UNAVAILABLE, nothing half written, and all is well when there is room again', async () => {
    const office = await fleet.start('serve');
    const eventId = await createEvent(office.url, { capacity: 100_000 });
    const load = new BookingLoad([office.url], eventId, { concurrency: 10, pauseMs: 10 });
    await eventually(() => load.booked.length >= 50, { timeoutMs: 15_000 });
    await disk.fill(office.pid);
    await eventually(() => (tally(load.attempts)['SERVICE_UNAVAILABLE'] ?? 0) >= 50, { timeoutMs: 20_000 });
    expect((await fetch(`${office.url}/livez`)).status).toBe(200);
    await fleet.verify();
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
});
