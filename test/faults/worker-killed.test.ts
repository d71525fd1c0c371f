import { DatabaseSync } from 'node:sqlite';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BoxOfficeProcess, runCommand } from '../support/boxoffice-process.ts';
import { testRedisUrl } from '../support/databases.ts';
import { eventually, within } from '../support/eventually.ts';
import { type Failpoint, failing } from '../support/failing-boxoffice.ts';
import { expectNobodyStranded } from '../support/fault-expectations.ts';
import { type Fleet, openFleet } from '../support/fleet.ts';
import { bookingsOf, bookTicket, createEvent, type Stats, statsOf } from '../support/graphql-client.ts';

const PLACES = 3;
/** So long that a worker is caught while it waits for the issuer. */
const SLOW_ISSUER = { ISSUANCE_DELAY_MS: '4000' };
/** A claim (10 s) and the time of a start; or the queue's lease of a message (10 s) and the check that finds it (5 s). */
const TAKEN_UP_BOUND_MS = 40_000;

/** What one hazard left behind. */
interface Aftermath {
  readonly before: Stats;
  readonly after: Stats;
  readonly statuses: readonly string[];
}

const redis = new Redis(testRedisUrl());
const fleets: Fleet[] = [];

/** An API with one PENDING booking. */
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
    const exit = await within(TAKEN_UP_BOUND_MS, startFailing(fleet, failpoint).exited);
    expect(exit).toEqual({ code: null, signal: 'SIGKILL' });
    // The next to be killed takes it at once; the last worker waits for the claim to end by itself.
    if (crash < crashes) expect((await runCommand(['reconcile', '--apply'], fleet.env)).code).toBe(0);
  }
  const before = await statsOf(url, eventId);
  await fleet.start('worker');
  return aftermath(fleet, url, eventId, before);
}

/** The worker is stopped while it waits for the issuer, until another one has done its work. */
async function stoppedWhileIssuing(): Promise<Aftermath> {
  const { fleet, url, eventId } = await open();
  const slow = await fleet.start('worker', SLOW_ISSUER);
  await eventually(() => isClaimed(fleet));
  slow.pause();
  const before = await statsOf(url, eventId);
  await fleet.start('worker');
  await expectNobodyStranded(url, eventId);
  slow.resume();
  // It ends what it has begun first.
  const { code, signal } = await slow.stop();
  expect({ code, signal }).toEqual({ code: 0, signal: null });
  return aftermath(fleet, url, eventId, before);
}

function isClaimed({ env }: Fleet): boolean {
  const database = new DatabaseSync((env['DATABASE_URL'] as string).slice('sqlite:'.length), { readOnly: true });
  try {
    return database.prepare('select id from bookings where due_at is not null').all().length > 0;
  } finally {
    database.close();
  }
}

async function aftermath(fleet: Fleet, url: string, eventId: string, before: Stats): Promise<Aftermath> {
  const after = await expectNobodyStranded(url, eventId);
  const jobs = `${fleet.env['REDIS_PREFIX']}:finalization`;
  await eventually(
    async () => expect([await redis.llen(`${jobs}:active`), await redis.llen(`${jobs}:wait`)]).toEqual([0, 0]),
    { timeoutMs: TAKEN_UP_BOUND_MS, intervalMs: 100 },
  );
  expect(await statsOf(url, eventId)).toEqual(after);
  const statuses = [...(await bookingsOf(url, eventId)).values()].map(({ status }) => status);
  return { before, after, statuses };
}

describe('a worker', () => {
  // The hazards share the time in which claims end; each has a database and a queue of its own.
  const hazards = {
    'killed three times before its commit': () => killed('FINALIZED:before-commit=kill@1', 3),
    'killed after its commit': () => killed('FINALIZED:after-commit=kill@1', 1),
    'stopped while it waits for the issuer': stoppedWhileIssuing,
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
  const pending = { bookedCount: PLACES, finalizedCount: 0 };
  const finalized = { statuses: ['FINALIZED'], after: { bookedCount: PLACES, finalizedCount: PLACES } };

  test('that is killed before its commit, by the same booking three times, leaves it to the next one, which finalizes', () => {
    expect(of('killed three times before its commit')).toMatchObject({ before: pending, ...finalized });
  });

  test('that is killed between its commit and its report to the queue has finalized; nothing is done a second time', () => {
    const left = of('killed after its commit');
    expect(left).toMatchObject({ before: { bookedCount: PLACES, finalizedCount: PLACES }, ...finalized });
  });

  test('that is stopped for longer than its claim loses it to another one, and changes nothing when it goes on', () => {
    expect(of('stopped while it waits for the issuer')).toMatchObject({ before: pending, ...finalized });
  });
});
