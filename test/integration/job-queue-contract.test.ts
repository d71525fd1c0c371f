import { afterEach, describe, expect, test } from '@jest/globals';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import type { FinalizationJob } from '../../src/platform/job-queue.ts';
import { ADAPTERS, type AdapterOptions, type OpenAdapters, openAdapters } from '../support/adapters.ts';
import { eventually } from '../support/eventually.ts';
import { countingHandler, newJob, notingHandler } from '../support/noting-handler.ts';
import { type RedisServer, startRedisServer } from '../support/redis-server.ts';
import { testRedisUrl } from '../support/test-service-urls.ts';

const open: OpenAdapters[] = [];
const closeAll = () => Promise.all(open.splice(0).map((adapters) => adapters.close()));
afterEach(closeAll);

async function openQueue(adapter: (typeof ADAPTERS)[number], options: AdapterOptions = {}) {
  const adapters = await openAdapters(adapter, options);
  open.push(adapters);
  return adapters;
}

describe.each(ADAPTERS)('the %s job queue', (adapter) => {
  test('delivers every job, those of before the worker came as well', async () => {
    const { queue } = await openQueue(adapter);
    const { handler, runs } = notingHandler();
    const jobs = Array.from({ length: 200 }, newJob);
    await queue.enqueue(jobs.slice(0, 100));
    queue.process(handler);
    await queue.enqueue(jobs.slice(100));
    await eventually(() => expect(new Set(runs)).toEqual(new Set(jobs.map((job) => job.bookingId))));
  });

  test('hands the job on as it was enqueued', async () => {
    const { queue } = await openQueue(adapter);
    const received = Promise.withResolvers<FinalizationJob>();
    queue.process({ run: async (job) => received.resolve(job), giveUp: async () => undefined });
    const job = { ...newJob(), quantity: 7 };
    await queue.enqueue([job]);
    expect(await received.promise).toEqual(job);
  });

  test('does not add a job again that waits or runs, but does once it has ended', async () => {
    const { queue } = await openQueue(adapter, { retry: { concurrency: 1 } });
    const { handler, runs } = notingHandler();
    const gate = Promise.withResolvers<void>();
    queue.process({ ...handler, run: (job) => gate.promise.then(() => handler.run(job)) });
    const [running, waiting, last] = [newJob(), newJob(), newJob()];
    await queue.enqueue([running, waiting]);
    await queue.enqueue([running, waiting]);
    await queue.enqueue([waiting, last]);
    gate.resolve();
    await eventually(() => expect(runs).toContain(last.bookingId));
    expect(runs).toEqual([running.bookingId, waiting.bookingId, last.bookingId]);
    await eventually(async () => {
      await queue.enqueue([running]);
      expect(runs).toEqual([running.bookingId, waiting.bookingId, last.bookingId, running.bookingId]);
    });
  });

  test('runs at most as many at once as it was told', async () => {
    const { queue } = await openQueue(adapter, { retry: { concurrency: 3 } });
    const { handler, seen } = countingHandler();
    queue.process(handler);
    await queue.enqueue(Array.from({ length: 20 }, newJob));
    await eventually(() => expect(seen.done).toBe(20));
    expect(seen.most).toBeGreaterThan(1);
    expect(seen.most).toBeLessThanOrEqual(3);
  });

  test('tries a failing job again until it succeeds, and others meanwhile', async () => {
    const { queue } = await openQueue(adapter, { retry: { maxAttempts: 3, concurrency: 1 } });
    const [failing, good] = [newJob(), newJob()];
    const { handler, runs, givenUp } = notingHandler((job, run) => job.bookingId === failing.bookingId && run < 3);
    queue.process(handler);
    await queue.enqueue([failing, good]);
    await eventually(() => expect(runs.filter((id) => id === failing.bookingId)).toHaveLength(3));
    await eventually(() => expect(runs.filter((id) => id === good.bookingId)).toHaveLength(1));
    expect(givenUp).toEqual([]);
  });

  test('gives up exactly once when the attempts are used up, with the last error', async () => {
    const { queue } = await openQueue(adapter, { retry: { maxAttempts: 3 } });
    const job = newJob();
    const { handler, runs, givenUp } = notingHandler(({ bookingId }) => bookingId === job.bookingId);
    queue.process(handler);
    await queue.enqueue([job]);
    await eventually(() => expect(givenUp).toHaveLength(1));
    const after = newJob();
    await queue.enqueue([after]);
    await eventually(() => expect(runs).toContain(after.bookingId));
    expect(runs.filter((id) => id === job.bookingId)).toHaveLength(3);
    expect(givenUp).toEqual([
      { bookingId: job.bookingId, error: expect.objectContaining({ message: 'run 3 failed' }) },
    ]);
  });

  test('goes on when giving up fails, and takes the job again when it is enqueued again', async () => {
    const { queue } = await openQueue(adapter, { retry: { maxAttempts: 1 } });
    const job = newJob();
    let gaveUp = 0;
    queue.process({
      run: () => Promise.reject(new Error('broken')),
      giveUp: async () => {
        if (++gaveUp === 1) throw new Error('the database is away');
      },
    });
    await queue.enqueue([job]);
    await eventually(() => expect(gaveUp).toBe(1));
    await eventually(async () => {
      await queue.enqueue([job]);
      expect(gaveUp).toBeGreaterThan(1);
    });
  });

  test('waits for running jobs when it closes, and starts no others', async () => {
    const { queue } = await openQueue(adapter, { retry: { concurrency: 1 } });
    const started: number[] = [];
    let finished = 0;
    const gate = Promise.withResolvers<void>();
    queue.process({
      async run(job) {
        started.push(job.bookingId);
        await gate.promise;
        finished++;
      },
      giveUp: async () => undefined,
    });
    const jobs = [newJob(), newJob()];
    await queue.enqueue(jobs);
    await eventually(() => expect(started).toHaveLength(1));
    let closed = false;
    const closing = queue.close().then(() => {
      closed = true;
    });
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
    expect(closed).toBe(false);
    gate.resolve();
    await closing;
    expect([started, finished]).toEqual([[jobs[0]?.bookingId], 1]);
  });
});

describe('the redis job queue', () => {
  test('is shared: a job of one process is run by the worker of another, once', async () => {
    const api = await openQueue('redis');
    const workers = [await openQueue('redis', api), await openQueue('redis', api)];
    const { handler, runs } = notingHandler();
    for (const { queue } of workers) queue.process(handler);
    const jobs = Array.from({ length: 100 }, newJob);
    await api.queue.enqueue(jobs);
    await eventually(() => expect(runs).toHaveLength(100));
    expect(new Set(runs).size).toBe(100);
  });

  test('drops a job that is none of ours and goes on with the next', async () => {
    const { queue, prefix } = await openQueue('redis', { retry: { concurrency: 1 } });
    const connection = new Redis(testRedisUrl(), { maxRetriesPerRequest: null });
    const raw = new Queue('finalization', { connection, prefix });
    try {
      await raw.addBulk([
        { name: 'finalize', data: null },
        { name: 'finalize', data: { bookingId: 'x; drop table bookings', eventId: -1 } },
        { name: 'other', data: { ...newJob(), quantity: 0 } },
      ]);
      const { handler, runs, givenUp } = notingHandler();
      queue.process(handler);
      const job = newJob();
      await queue.enqueue([job]);
      await eventually(() => expect(runs).toEqual([job.bookingId]));
      await eventually(async () =>
        expect(await raw.getJobCounts()).toMatchObject({ active: 0, waiting: 0, delayed: 0 }),
      );
      expect(givenUp).toEqual([]);
    } finally {
      await raw.close();
      connection.disconnect();
    }
  });

  describe('and a Redis that goes away', () => {
    let redis: RedisServer | undefined;
    afterEach(async () => {
      await closeAll();
      await redis?.remove();
    });

    test('adding jobs is refused while it is away, and works again afterwards', async () => {
      redis = await startRedisServer();
      const { queue } = await openQueue('redis', { redisUrl: redis.url });
      const { handler, runs } = notingHandler();
      queue.process(handler);
      const [before, after] = [newJob(), newJob()];
      await queue.enqueue([before]);
      await eventually(() => expect(runs).toContain(before.bookingId));
      await redis.stop();
      await eventually(() => expect(queue.enqueue([after])).rejects.toThrow());
      await redis.start();
      await eventually(() => queue.enqueue([after]), { timeoutMs: 15_000 });
      await eventually(() => expect(runs).toContain(after.bookingId), { timeoutMs: 20_000 });
    });
  });
});
