import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { afterEach, describe, expect, test } from 'vitest';
import type { FinalizationJob } from '../../src/bookings/finalization-job.ts';
import {
  ADAPTERS,
  type AdapterOptions,
  countingHandler,
  newJob,
  notingHandler,
  type OpenAdapters,
  openAdapters,
} from '../support/adapters.ts';
import { testRedisUrl } from '../support/databases.ts';
import { eventually } from '../support/eventually.ts';
import { type RedisServer, startRedisServer } from '../support/redis-server.ts';

const open: OpenAdapters[] = [];
const closeAll = () => Promise.all(open.splice(0).map((adapters) => adapters.close()));
afterEach(closeAll);

async function openQueue(adapter: (typeof ADAPTERS)[number], options: AdapterOptions = {}) {
  const adapters = await openAdapters(adapter, options);
  open.push(adapters);
  return adapters;
}
const idsOf = (jobs: readonly FinalizationJob[]) => jobs.map(({ bookingId }) => bookingId);
const ascending = (ids: readonly number[]) => ids.toSorted((a, b) => a - b);

describe.each(ADAPTERS)('the %s job queue', (adapter) => {
  test('delivers every job once, those of before the worker came as well, however many one commit has', async () => {
    const { queue } = await openQueue(adapter);
    const { handler, runs } = notingHandler();
    const jobs = Array.from({ length: 240 }, newJob);
    await queue.enqueue(jobs.slice(0, 120));
    queue.process(handler);
    await queue.enqueue(jobs.slice(120, 121));
    await queue.enqueue(jobs.slice(121));
    await eventually(() => expect(ascending(runs)).toEqual(idsOf(jobs)));
  });

  test('says how much waits, and how much is at work', async () => {
    const { queue } = await openQueue(adapter);
    const end = Promise.withResolvers<void>();
    await queue.enqueue([newJob()]);
    expect(await queue.depth()).toEqual({ waiting: 1, active: 0 });
    queue.process(() => end.promise);
    await eventually(async () => expect(await queue.depth()).toEqual({ waiting: 0, active: 1 }));
    end.resolve();
    await eventually(async () => expect(await queue.depth()).toEqual({ waiting: 0, active: 0 }));
  });

  test('hands the job on as it was enqueued', async () => {
    const { queue } = await openQueue(adapter);
    const received = Promise.withResolvers<FinalizationJob>();
    queue.process(async (job) => received.resolve(job));
    const job = newJob();
    await queue.enqueue([job]);
    expect(await received.promise).toEqual(job);
  });

  test('says that jobs can come, once they can', async () => {
    const { queue } = await openQueue(adapter);
    queue.process(notingHandler().handler);
    await eventually(() => queue.reachable);
  });

  test('waits for running jobs when it closes, and takes no others', async () => {
    const { queue } = await openQueue(adapter, { concurrency: 1 });
    const started: number[] = [];
    let finished = 0;
    const gate = Promise.withResolvers<void>();
    queue.process(async ({ bookingId }) => {
      started.push(bookingId);
      await gate.promise;
      finished++;
    });
    const [running, late] = [newJob(), newJob()];
    await queue.enqueue([running]);
    await eventually(() => expect(started).toHaveLength(1));
    let closed = false;
    const closing = queue.close().then(() => {
      closed = true;
    });
    await queue.enqueue([late]).catch(() => undefined);
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
    expect(closed).toBe(false);
    gate.resolve();
    await closing;
    expect([started, finished]).toEqual([[running.bookingId], 1]);
  });
});

describe('the redis job queue', () => {
  test('is shared: a job of one process is run by the worker of another, once', async () => {
    const api = await openQueue('redis');
    const workers = [await openQueue('redis', api), await openQueue('redis', api)];
    const { handler, runs } = notingHandler();
    for (const { queue } of workers) queue.process(handler);
    const jobs = Array.from({ length: 100 }, newJob);
    for (const job of jobs) await api.queue.enqueue([job]);
    await eventually(() => expect(ascending(runs)).toEqual(idsOf(jobs)));
  });

  test('takes at most so many messages at once as it was told', async () => {
    const { queue } = await openQueue('redis', { concurrency: 3 });
    const { handler, seen } = countingHandler();
    queue.process(handler);
    await Promise.all(Array.from({ length: 20 }, () => queue.enqueue([newJob()])));
    await eventually(() => expect(seen.done).toBe(20));
    expect(seen.most).toBeGreaterThan(1);
    expect(seen.most).toBeLessThanOrEqual(3);
  });

  test('drops a job that is none of ours, once, and goes on with the next', async () => {
    const { queue, prefix } = await openQueue('redis', { concurrency: 1 });
    const connection = new Redis(testRedisUrl(), { maxRetriesPerRequest: null });
    const raw = new Queue('finalization', { connection, prefix });
    try {
      await raw.addBulk([
        { name: 'finalize', data: null },
        { name: 'finalize', data: [{ bookingId: 'x; drop table bookings', reference: 'r' }] },
        { name: 'finalize', data: [] },
        { name: 'other', data: [{ ...newJob(), bookingId: 0 }] },
      ]);
      const { handler, runs } = notingHandler();
      queue.process(handler);
      const job = newJob();
      await queue.enqueue([job]);
      await eventually(() => expect(runs).toEqual([job.bookingId]));
      await eventually(async () =>
        expect(await raw.getJobCounts()).toMatchObject({ active: 0, waiting: 0, delayed: 0 }),
      );
      expect(runs).toEqual([job.bookingId]);
    } finally {
      await raw.close();
      connection.disconnect();
    }
  });

  describe('with a Redis that goes away', () => {
    let redis: RedisServer | undefined;
    afterEach(async () => {
      await closeAll();
      await redis?.remove();
    });

    test('refuses jobs while that is away, the worker knows that none can come, and both work again afterwards', async () => {
      redis = await startRedisServer();
      const { queue } = await openQueue('redis', { redisUrl: redis.url });
      const { handler, runs } = notingHandler();
      queue.process(handler);
      const [before, after] = [newJob(), newJob()];
      await queue.enqueue([before]);
      await eventually(() => expect(runs).toContain(before.bookingId));
      expect(queue.reachable).toBe(true);
      await redis.stop();
      await eventually(() => expect(queue.enqueue([after])).rejects.toThrow());
      await eventually(() => !queue.reachable);
      await redis.start();
      await eventually(() => queue.enqueue([after]), { timeoutMs: 15_000 });
      await eventually(() => expect(runs).toContain(after.bookingId), { timeoutMs: 20_000 });
      expect(queue.reachable).toBe(true);
    });
  });
});
