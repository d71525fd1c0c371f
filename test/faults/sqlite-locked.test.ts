import { DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BookingLoad, tally } from '../support/booking-client.ts';
import { eventually } from '../support/eventually.ts';
import {
  expectAnsweredInTime,
  expectNobodyStranded,
  expectNothingLost,
  expectReady,
  expectRetriesFindTheSame,
} from '../support/fault-expectations.ts';
import { type Fleet, openFleet } from '../support/fleet.ts';
import { createEvent } from '../support/graphql-client.ts';

const LOCKED_MS = 10_000;
const BLOCK_BOUND_MS = 500;
const PROBE_EVERY_MS = 20;

describe('embedded,', () => {
  let fleet: Fleet;
  beforeEach(async () => {
    fleet = await openFleet('embedded');
  });
  afterEach(() => fleet.close());

  test('a SQLite that another program locks for ten seconds costs BUSY or SERVICE_UNAVAILABLE in time, and the event loop goes on', async () => {
    const { url } = await fleet.start('serve');
    const eventId = await createEvent(url, { capacity: 100_000 });
    const load = new BookingLoad([url], eventId, { concurrency: 10, pauseMs: 50 });
    await eventually(() => load.booked.length >= 20, { timeoutMs: 15_000 });

    const program = new DatabaseSync(fleet.env['DATABASE_URL']?.replace('sqlite:', '') ?? '', { timeout: 5_000 });
    program.exec('begin immediate');
    const from = performance.now();
    const latencies: number[] = [];
    while (performance.now() - from < LOCKED_MS) latencies.push(await livezLatency(url));
    program.exec('rollback');
    program.close();
    const to = performance.now();
    await expectReady(url);
    await eventually(() => load.booked.some(({ startedAt }) => startedAt > to), { timeoutMs: 10_000 });
    const attempts = await load.stop();

    expectAnsweredInTime(attempts);
    const { booked: _, BUSY = 0, SERVICE_UNAVAILABLE = 0, ...surprising } = tally(attempts);
    expect(surprising).toEqual({});
    expect(BUSY + SERVICE_UNAVAILABLE).toBeGreaterThan(0);
    // One in ten may have waited for this machine, and not for the lock.
    expect(latencies.toSorted((a, b) => a - b)[Math.floor(latencies.length * 0.9)]).toBeLessThan(BLOCK_BOUND_MS);
    expect(Math.max(...latencies)).toBeLessThan(3 * BLOCK_BOUND_MS);
    await expectNothingLost(url, eventId, attempts);
    await expectRetriesFindTheSame(url, eventId, attempts);
    await expectNobodyStranded(url, eventId);
    for (const running of fleet.processes) expect(running.exit).toBeNull();
  });
});

async function livezLatency(url: string): Promise<number> {
  await pause(PROBE_EVERY_MS);
  const from = performance.now();
  await (await fetch(`${url}/livez`)).text();
  return performance.now() - from;
}
