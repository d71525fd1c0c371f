import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Attempt, BookingClient, BookingLoad, tally } from '../support/booking-client.ts';
import type { BoxOfficeProcess } from '../support/boxoffice-process.ts';
import { eventually } from '../support/eventually.ts';
import {
  ANSWER_BOUND_MS,
  expectAnsweredInTime,
  expectNobodyStranded,
  expectNothingLost,
  expectReady,
  expectRetriesFindTheSame,
} from '../support/fault-expectations.ts';
import { type Fleet, openFleet } from '../support/fleet.ts';
import { bookingsOf, createEvent } from '../support/graphql-client.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';

const BUYERS = 8;
/** A connection that a fault takes out of the pool for good would soon be missed. */
const POOL_MAX = '2';
const CUTS = 5;

describe('an API whose link to PostgreSQL', () => {
  let fleet: Fleet;
  let proxy: TcpProxy;
  let api: BoxOfficeProcess;
  let other: BoxOfficeProcess;
  let client: BookingClient;
  let eventId: string;
  beforeAll(async () => {
    fleet = await openFleet('postgresql + redis');
    const databaseUrl = fleet.env['DATABASE_URL'] as string;
    proxy = await startTcpProxy(databaseUrl);
    [api, other] = await Promise.all([
      fleet.start('api', { DATABASE_URL: proxy.through(databaseUrl), DATABASE_POOL_MAX: POOL_MAX }),
      fleet.start('api'),
      fleet.start('worker', { SWEEP_INTERVAL_MS: '500', SWEEP_AGE_MS: '1000' }),
    ]);
  });
  beforeEach(async () => {
    client = new BookingClient();
    eventId = await createEvent(other.url, { capacity: 100_000 });
  });
  afterEach(async () => {
    proxy.set({ kind: 'pass' });
    client.close();
    await expectReady(api.url);
  });
  afterAll(async () => {
    await fleet.close();
    await proxy.close();
  });

  const book = (buyer: number): Promise<Attempt> =>
    client.book(api.url, { eventId, userId: `buyer-${buyer}`, quantity: 2, idempotencyKey: `${eventId}-${buyer}` });
  const bookAll = () => Promise.all(Array.from({ length: BUYERS }, (_, buyer) => book(buyer)));

  /** The process lives, nobody waited too long, and the keys say what became of each request. */
  async function expectTruth(attempts: readonly Attempt[]): Promise<void> {
    expectAnsweredInTime(attempts);
    const { booked: _, SERVICE_UNAVAILABLE: __, BUSY: ___, ...surprising } = tally(attempts);
    expect(surprising).toEqual({});
    await expectNothingLost(other.url, eventId, attempts);
    await expectRetriesFindTheSame(other.url, eventId, attempts);
    await expectNobodyStranded(other.url, eventId);
    expect(api.exit).toBeNull();
  }

  test.each(['answered', 'unheard'] as const)(
    'is cut at a COMMIT that PostgreSQL has %s: each buyer has one booking, whatever the answer was',
    async (when) => {
      await book(1_000);
      proxy.set({ kind: 'cut at', said: /commit/i, when });
      const attempts = await bookAll();
      expect(proxy.mode).toBe('pass');
      const stored = [...(await bookingsOf(other.url, eventId)).values()].map(({ userId }) => userId);
      expect(stored).toHaveLength(new Set(stored).size);
      await client.book(other.url, { eventId, userId: 'buyer-1000', quantity: 2, idempotencyKey: `${eventId}-1000` });
      await expectTruth([await book(1_000), ...attempts]);
    },
  );

  test('is cut again and again, at each word of a transaction: no connection is lost to the pool', async () => {
    const attempts: Attempt[] = [];
    const words = [/begin/i, /insert into/i, /update/i, /commit/i];
    for (let cut = 0; cut < CUTS; cut++) {
      for (const said of words) {
        proxy.set({ kind: 'cut at', said, when: 'unheard' });
        attempts.push(await book(attempts.length));
        await eventually(async () => attempts.push(await book(attempts.length)) > 0 && proxy.mode === 'pass');
      }
    }
    expect(attempts.at(-1)?.outcome.kind).toBe('booked');
    await expectTruth(attempts);
  });

  test('takes two seconds for each answer: every request is answered in time, and all is well afterwards', async () => {
    const load = new BookingLoad([api.url], eventId, { concurrency: 10 });
    await eventually(() => load.booked.length >= 20, { timeoutMs: 15_000 });
    proxy.set({ kind: 'delay', ms: 2_000 });
    const from = performance.now();
    await eventually(() => performance.now() - from > 2 * ANSWER_BOUND_MS, { timeoutMs: 3 * ANSWER_BOUND_MS });
    proxy.set({ kind: 'pass' });
    const to = performance.now();
    await eventually(() => load.booked.some(({ startedAt }) => startedAt > to), { timeoutMs: 10_000 });
    await expectTruth(await load.stop());
  });

  test('swallows every answer: every request is answered in time, and all is well when it is cut and works again', async () => {
    const load = new BookingLoad([api.url], eventId, { concurrency: 10 });
    await eventually(() => load.booked.length >= 20, { timeoutMs: 15_000 });
    proxy.set({ kind: 'swallow answers' });
    const from = performance.now();
    await eventually(() => performance.now() - from > ANSWER_BOUND_MS, { timeoutMs: 2 * ANSWER_BOUND_MS });
    proxy.set({ kind: 'pass' });
    const to = performance.now();
    await eventually(() => load.booked.some(({ startedAt }) => startedAt > to), { timeoutMs: 10_000 });
    await expectTruth(await load.stop());
  });
});
