import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Attempt, BookingLoad, tally } from '../support/booking-client.ts';
import { type BoxOfficeProcess, WARN } from '../support/boxoffice-process.ts';
import { eventually } from '../support/eventually.ts';
import {
  expectAnsweredInTime,
  expectNobodyStranded,
  expectNothingLost,
  expectReady,
  expectRetriesFindTheSame,
} from '../support/fault-expectations.ts';
import { type Fleet, openFleet } from '../support/fleet.ts';
import { createEvent, statsOf } from '../support/graphql-client.ts';
import { type RedisServer, startRedisServer } from '../support/redis-server.ts';

const FLUSH_EVERY_MS = 500;
const FLUSHES = 8;
const PAUSED_MS = 5_000;
const FULL_MS = 3_000;
/** By the sweeper alone, at an age of one second. */
const FINAL_MEANWHILE_MS = 10_000;
const EVICTION = /^redis may evict jobs/;

/** One fleet for all: each test begins and ends with it in good health. */
describe('two APIs and a worker under load, and a Redis', () => {
  let redis: RedisServer;
  let admin: Redis;
  let fleet: Fleet;
  let apis: BoxOfficeProcess[];
  beforeAll(async () => {
    redis = await startRedisServer({ args: ['--maxmemory-policy', 'noeviction'] });
    admin = new Redis(redis.url);
    admin.on('error', () => undefined);
    fleet = await openFleet('postgresql + redis', { redisUrl: redis.url });
    const sweepOften = { SWEEP_INTERVAL_MS: '500', SWEEP_AGE_MS: '1000' };
    const [first, second] = await Promise.all([
      fleet.start('api'),
      fleet.start('api'),
      fleet.start('worker', sweepOften),
    ]);
    apis = [first, second];
  });
  afterAll(async () => {
    admin.disconnect();
    await fleet.close();
    await redis.remove();
  });

  /** Load before, during and after the fault. @returns the attempts made during it, all of which are checked */
  async function sellDuring(fault: (eventId: string) => Promise<unknown>, undo?: () => unknown): Promise<Attempt[]> {
    const [{ url }] = apis as [BoxOfficeProcess];
    const eventId = await createEvent(url, { capacity: 100_000 });
    const load = new BookingLoad(
      apis.map((api) => api.url),
      eventId,
      { concurrency: 10, pauseMs: 200 },
    );
    await eventually(() => load.booked.length >= 20, { timeoutMs: 15_000 });
    const from = performance.now();
    await fault(eventId);
    const to = performance.now();
    await undo?.();
    for (const api of apis) await expectReady(api.url);
    const attempts = await load.stop();

    expectAnsweredInTime(attempts);
    for (const running of fleet.processes) expect(running.exit).toBeNull();
    await expectNothingLost(url, eventId, attempts);
    await expectRetriesFindTheSame(url, eventId, attempts);
    const stats = await expectNobodyStranded(url, eventId);
    expect(stats.finalizedCount).toBe(attempts.reduce((sum, { input }) => sum + (input.quantity ?? 1), 0));
    return attempts.filter(({ startedAt }) => startedAt > from && startedAt < to);
  }

  /** What is booked by now is finalized while the fault goes on. */
  async function finalizedMeanwhile(eventId: string): Promise<void> {
    const [{ url }] = apis as [BoxOfficeProcess];
    const { bookedCount } = await statsOf(url, eventId);
    await eventually(
      async () => expect((await statsOf(url, eventId)).finalizedCount).toBeGreaterThanOrEqual(bookedCount),
      {
        timeoutMs: FINAL_MEANWHILE_MS,
        intervalMs: 100,
      },
    );
  }

  test('that is emptied every half second: every request is booked, every booking finalized', async () => {
    const during = await sellDuring(async () => {
      for (let flush = 1; flush <= FLUSHES; flush++) {
        await admin.flushall();
        await pause(FLUSH_EVERY_MS);
      }
    });
    expect(tally(during)).toEqual({ booked: during.length });
  });

  test('that hangs: every request is booked in time without it, none is an error after its commit, and all are finalized meanwhile', async () => {
    const during = await sellDuring(
      async (eventId) => {
        redis.pause();
        await pause(PAUSED_MS);
        await finalizedMeanwhile(eventId);
      },
      () => redis.resume(),
    );
    expect(tally(during)).toEqual({ booked: during.length });
    expect(during.length).toBeGreaterThan(50);
  });

  test('that is out of memory: bookings go on without lock and jobs, and are finalized meanwhile', async () => {
    const during = await sellDuring(
      async (eventId) => {
        await admin.config('SET', 'maxmemory', '1');
        await pause(FULL_MS);
        await finalizedMeanwhile(eventId);
      },
      () => admin.config('SET', 'maxmemory', '0'),
    );
    expect(tally(during)).toEqual({ booked: during.length });
    expect(during.length).toBeGreaterThan(20);
  });

  test('that may evict jobs: the worker warns of it when it starts; of noeviction it does not', async () => {
    const warnings = (worker: BoxOfficeProcess) =>
      worker.logs.filter(({ level, msg }) => level >= WARN && EVICTION.test(msg)).map(({ policy }) => policy);
    expect(fleet.processes.flatMap(warnings)).toEqual([]);
    await admin.config('SET', 'maxmemory-policy', 'allkeys-lru');
    const worker = await fleet.start('worker');
    await eventually(() => expect(warnings(worker)).toEqual(['allkeys-lru']));
    await worker.stop();
    await admin.config('SET', 'maxmemory-policy', 'noeviction');
  });
});
