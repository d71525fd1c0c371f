import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Attempt, BookingClient, tally } from '../support/booking-client.ts';
import type { BoxOfficeProcess } from '../support/boxoffice-process.ts';
import { eventually } from '../support/eventually.ts';
import { type Failpoint, failing } from '../support/failing-boxoffice.ts';
import {
  ANSWER_BOUND_MS,
  expectAnsweredInTime,
  expectNoFalseSoldOut,
  expectNothingLost,
  expectRetriesFindTheSame,
} from '../support/fault-expectations.ts';
import { type Fleet, openFleet } from '../support/fleet.ts';
import { bookingsOf, createEvent, statsOf } from '../support/graphql-client.ts';
import { stopped } from '../support/process-state.ts';
import type { Setup } from '../support/setups.ts';

/** Longer than the lock's lease, and than PostgreSQL lets a transaction idle. */
const STOPPED_MS = 3_500;
const CAPACITY = 5;
const BETWEEN_REQUESTS_MS = 60;

let fleet: Fleet;
let holder: BoxOfficeProcess;
let other: BoxOfficeProcess;
let eventId: string;
let client: BookingClient;

async function openWith(setup: Setup, failpoint: Failpoint): Promise<void> {
  fleet = await openFleet(setup);
  [holder, other] = await Promise.all([fleet.start('api', failing(failpoint)), fleet.start('api')]);
  eventId = await createEvent(other.url, { capacity: CAPACITY });
}
const book = (at: BoxOfficeProcess, userId: string) =>
  client.book(at.url, { eventId, userId, quantity: 1, idempotencyKey: `key of ${userId}` });

/** Until `count` have booked; @returns every attempt, also those that were told to come again */
async function bookPatiently(count: number): Promise<Attempt[]> {
  const attempts: Attempt[] = [];
  await eventually(
    async () => {
      attempts.push(await book(other, `other-${tally(attempts)['booked'] ?? 0}`));
      return tally(attempts)['booked'] === count;
    },
    { timeoutMs: 15_000, intervalMs: 50 },
  );
  return attempts;
}

/** Until every place is booked: who was told to ask again may have one already. @returns every attempt */
async function sellOut(): Promise<Attempt[]> {
  const attempts: Attempt[] = [];
  await eventually(
    async () => {
      const { bookedCount } = await statsOf(other.url, eventId);
      if (bookedCount === CAPACITY) return true;
      attempts.push(await book(other, `other-${attempts.length}`));
      return false;
    },
    { timeoutMs: 15_000, intervalMs: 50 },
  );
  return attempts;
}

/** One after the other, none waiting for an answer: the first is a group of its own, and the others wait behind it. */
async function bookInGroups(users: readonly string[]): Promise<Attempt[]> {
  const sent: Promise<Attempt>[] = [];
  for (const user of users) {
    sent.push(book(other, user));
    await pause(BETWEEN_REQUESTS_MS);
  }
  return Promise.all(sent);
}

/** One request makes the holder stop. @returns its answer, which comes once it has been resumed */
async function stopHolder(): Promise<{ answer: Promise<Attempt> }> {
  const answer = book(holder, 'frozen');
  await stopped(holder.pid);
  return { answer };
}

describe('an API that is stopped while it holds the lock, for longer than the lease', () => {
  beforeEach(() => {
    client = new BookingClient();
  });
  afterEach(async () => {
    holder.resume();
    client.close();
    await fleet.close();
  });

  test('postgresql: inside its transaction, frees the row in time; the others sell out, and it sells nothing', async () => {
    await openWith('postgresql + redis', 'booking:before-commit=stop@1');
    const frozen = await stopHolder();
    const others = await bookPatiently(CAPACITY);
    holder.resume();
    const late = await frozen.answer;

    expectAnsweredInTime(others);
    const { booked: _, BUSY: __, SERVICE_UNAVAILABLE: ___, ...surprising } = tally(others);
    expect(surprising).toEqual({});
    expect(['SOLD_OUT', 'SERVICE_UNAVAILABLE']).toContain('code' in late.outcome ? late.outcome.code : late.outcome);
    expect(await statsOf(other.url, eventId)).toMatchObject({ bookedCount: CAPACITY });
    await expectNothingLost(other.url, eventId, others);
    // Told that it is sold out, or not sure: the same key says the truth now.
    expect((await book(holder, 'frozen')).outcome).toEqual({ kind: 'refused', code: 'SOLD_OUT', availableCount: 0 });
  });

  test.each(['sqlite + redis', 'postgresql + redis'] as const)(
    '%s: after its commit, holds nobody up, and its buyer has the booking',
    async (setup) => {
      await openWith(setup, 'booking:after-commit=stop@1');
      const frozen = await stopHolder();
      const others = await bookPatiently(CAPACITY - 1);
      const refused = await book(other, 'too late');
      holder.resume();
      const late = await frozen.answer;

      expect(tally(others)).toEqual({ booked: CAPACITY - 1 });
      expectAnsweredInTime(others);
      expect(refused.outcome).toEqual({ kind: 'refused', code: 'SOLD_OUT', availableCount: 0 });
      await expectTrueInTheEnd([late, ...others]);
    },
  );

  test('sqlite: inside its transaction, makes the others hear BUSY in time, never SOLD_OUT; all is sold afterwards', async () => {
    await openWith('sqlite + redis', 'booking:before-commit=stop@1');
    const frozen = await stopHolder();
    const [during] = await Promise.all([bookInGroups(['held-up-1', 'held-up-2', 'held-up-3']), pause(STOPPED_MS)]);
    holder.resume();
    const late = await frozen.answer;
    const others = await sellOut();

    expectAnsweredInTime(during);
    for (const { outcome } of during) {
      expect(['BUSY', 'SERVICE_UNAVAILABLE']).toContain('code' in outcome ? outcome.code : outcome);
    }
    await expectTrueInTheEnd([late, ...during, ...others]);
    await expectNoFalseSoldOut(other.url, eventId, [...during, ...others, late]);
  });
});

/** The one that was stopped is booked. Whoever was told to ask again may be; nobody else who was not told so. */
async function expectTrueInTheEnd([late, ...others]: readonly [Attempt, ...Attempt[]]): Promise<void> {
  expect(['booked', 'SERVICE_UNAVAILABLE']).toContain('code' in late.outcome ? late.outcome.code : late.outcome.kind);
  expect(late.endedAt - late.startedAt).toBeLessThan(STOPPED_MS + ANSWER_BOUND_MS + 10_000);
  const owners = new Set([...(await bookingsOf(other.url, eventId)).values()].map(({ userId }) => userId));
  const told = [
    late,
    ...others.filter(({ outcome, input: { userId } }) =>
      outcome.kind === 'failed' ? owners.has(userId) : outcome.kind === 'booked',
    ),
  ];
  await expectNothingLost(other.url, eventId, told);
  await expectRetriesFindTheSame(other.url, eventId, told);
  expect(await statsOf(other.url, eventId)).toMatchObject({ bookedCount: CAPACITY });
}
