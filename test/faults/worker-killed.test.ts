import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { BoxOfficeProcess } from '../support/boxoffice-process.ts';
import { eventually } from '../support/eventually.ts';
import { type Failpoint, failing } from '../support/failing-boxoffice.ts';
import { bookingsOf, type Fleet, openFleet, type Stats, statsOf } from '../support/fleet.ts';
import { bookTicket, createEvent } from '../support/graphql-client.ts';
import { within } from '../support/services/within.ts';
import { testRedisUrl } from '../support/test-service-urls.ts';
import { expectNobodyStranded } from './bounds.ts';

const PLACES = 3;
const REDELIVERED = 'a finalization job stalled and is delivered again';
/** Longer than the queue's lease of a job (10 s) and the check that finds it (5 s). */
const BLOCKED_MS = 16_000;
const REDELIVERY_BOUND_MS = 40_000;

/** What one hazard left behind. */
interface Aftermath {
  readonly before: Stats;
  readonly after: Stats;
  readonly statuses: readonly string[];
  /** How often the queue delivered the job again. */
  readonly redeliveries: number;
}

const redis = new Redis(testRedisUrl());
const fleets: Fleet[] = [];

/** An API with one PENDING booking, and a worker that is told to fail at it. */
async function open(): Promise<{ fleet: Fleet; url: string; eventId: string }> {
  const fleet = await openFleet('sqlite + redis');
  fleets.push(fleet);
  const { url } = await fleet.start('api');
  const eventId = await createEvent(url, { capacity: 10 });
  await bookTicket(url, { eventId, quantity: PLACES });
  return { fleet, url, eventId };
}

function startFailing(fleet: Fleet, failpoint: Failpoint): BoxOfficeProcess {
  // It may end before anybody saw that it was ready.
  const worker = new BoxOfficeProcess(['worker'], { ...fleet.env, ...failing(failpoint), LOG_LEVEL: 'info' });
  fleet.processes.push(worker);
  return worker;
}

async function killed(failpoint: Failpoint, crashes: number): Promise<Aftermath> {
  const { fleet, url, eventId } = await open();
  for (let crash = 1; crash <= crashes; crash++) {
    const exit = await within(REDELIVERY_BOUND_MS, startFailing(fleet, failpoint).exited);
    expect(exit).toEqual({ code: null, signal: 'SIGKILL' });
    await endLeases(fleet);
  }
  const before = await statsOf(url, eventId);
  await fleet.start('worker');
  return aftermath(fleet, url, eventId, before);
}

async function blocked(failpoint: Failpoint): Promise<Aftermath> {
  const { fleet, url, eventId } = await open();
  const slow = await startFailing(fleet, failpoint).ready();
  await fleet.start('worker');
  const before = await eventually(async () => {
    const stats = await statsOf(url, eventId);
    if (stats.finalizedCount === 0) throw new Error('not yet finalized');
    return stats;
  });
  const left = await aftermath(fleet, url, eventId, before);
  expect((await fetch(`${slow.url}/livez`)).status).toBe(200);
  return left;
}

async function aftermath(fleet: Fleet, url: string, eventId: string, before: Stats): Promise<Aftermath> {
  const jobs = `${fleet.env['REDIS_PREFIX']}:finalization`;
  await eventually(
    async () => expect([await redis.llen(`${jobs}:active`), await redis.llen(`${jobs}:wait`)]).toEqual([0, 0]),
    { timeoutMs: REDELIVERY_BOUND_MS, intervalMs: 100 },
  );
  const after = await expectNobodyStranded(url, eventId);
  const statuses = [...(await bookingsOf(url, eventId)).values()].map(({ status }) => status);
  const redeliveries = fleet.processes.reduce((sum, process) => sum + process.logged(REDELIVERED).length, 0);
  return { before, after, statuses, redeliveries };
}

/** A dead worker's jobs are taken up at the next check, instead of ten seconds later. */
async function endLeases(fleet: Fleet): Promise<void> {
  const leases = await redis.keys(`${fleet.env['REDIS_PREFIX']}:finalization:*:lock`);
  if (leases.length > 0) await redis.del(leases);
}

describe('a worker', () => {
  // The hazards share the time in which leases end; each has a database and a queue of its own.
  const hazards = {
    'killed three times before its commit': () => killed('FINALIZED:before-commit=kill@1', 3),
    'killed after its commit': () => killed('FINALIZED:after-commit=kill@1', 1),
    'blocked for longer than the lease': () => blocked(`FINALIZED:after-commit=block:${BLOCKED_MS}@1`),
  };
  const aftermaths = new Map<string, PromiseSettledResult<Aftermath>>();
  beforeAll(async () => {
    const results = await Promise.allSettled(Object.values(hazards).map((hazard) => hazard()));
    for (const [i, name] of Object.keys(hazards).entries()) aftermaths.set(name, results[i] as (typeof results)[0]);
  }, 150_000);
  afterAll(async () => {
    redis.disconnect();
    await Promise.all(fleets.map((fleet) => fleet.close()));
  });
  const of = (hazard: keyof typeof hazards): Aftermath => {
    const result = aftermaths.get(hazard);
    if (result?.status !== 'fulfilled') throw result?.reason;
    return result.value;
  };
  const finalized = { statuses: ['FINALIZED'], after: { bookedCount: PLACES, finalizedCount: PLACES } };

  test('that is killed before its commit, by the same job three times, leaves it to the next one, which finalizes', () => {
    const left = of('killed three times before its commit');
    expect(left.before).toMatchObject({ bookedCount: PLACES, finalizedCount: 0 });
    expect(left).toMatchObject(finalized);
  });

  test('that is killed between its commit and its report to the queue has finalized; the second run changes nothing', () => {
    const left = of('killed after its commit');
    expect(left.before).toMatchObject({ bookedCount: PLACES, finalizedCount: PLACES });
    expect(left).toMatchObject({ ...finalized, redeliveries: 1 });
  });

  test('that is blocked for longer than its lease of the job has it run twice, with one effect, and lives on', () => {
    expect(of('blocked for longer than the lease')).toMatchObject({ ...finalized, redeliveries: 1 });
  });
});
