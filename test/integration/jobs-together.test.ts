import { afterEach, describe, expect, test } from '@jest/globals';
import { ADAPTERS, type AdapterOptions, type OpenAdapters, openAdapters } from '../support/adapters.ts';
import { eventually } from '../support/eventually.ts';
import { countingHandler, newJob, notingHandler } from '../support/noting-handler.ts';

const open: OpenAdapters[] = [];
afterEach(() => Promise.all(open.splice(0).map((adapters) => adapters.close())));

async function openQueue(adapter: (typeof ADAPTERS)[number], options: AdapterOptions = {}) {
  const adapters = await openAdapters(adapter, options);
  open.push(adapters);
  return adapters;
}
const idsOf = (jobs: readonly { bookingId: number }[]) => jobs.map(({ bookingId }) => bookingId);
const ascending = (ids: readonly number[]) => ids.toSorted((a, b) => a - b);

describe.each(ADAPTERS)('the %s job queue: jobs of one commit', (adapter) => {
  test('are each run once, however many they are', async () => {
    const { queue } = await openQueue(adapter);
    const { handler, runs } = notingHandler();
    queue.process(handler);
    const jobs = Array.from({ length: 120 }, newJob);
    await queue.enqueueTogether(jobs);
    await eventually(() => expect(ascending(runs)).toEqual(idsOf(jobs)));
  });

  test('run at most as many at once as it was told, over all messages', async () => {
    const { queue } = await openQueue(adapter, { retry: { concurrency: 3 } });
    const { handler, seen } = countingHandler();
    queue.process(handler);
    await queue.enqueueTogether(Array.from({ length: 20 }, newJob));
    await queue.enqueueTogether(Array.from({ length: 20 }, newJob));
    await queue.enqueue([newJob()]);
    await eventually(() => expect(seen.done).toBe(41));
    expect(seen.most).toBe(3);
  });

  test('fail each by itself: one is tried again and given up, once, and the others run once', async () => {
    const { queue } = await openQueue(adapter, { retry: { maxAttempts: 3 } });
    const jobs = Array.from({ length: 10 }, newJob);
    const bad = jobs[4]?.bookingId as number;
    const { handler, runs, givenUp } = notingHandler(({ bookingId }) => bookingId === bad);
    queue.process(handler);
    await queue.enqueueTogether(jobs);
    await eventually(() => expect(idsOf(givenUp)).toEqual([bad]));
    expect(ascending(runs)).toEqual(ascending([...idsOf(jobs), bad, bad]));
  });

  test('are given up at once when there is one attempt only', async () => {
    const { queue } = await openQueue(adapter, { retry: { maxAttempts: 1 } });
    const jobs = Array.from({ length: 3 }, newJob);
    const { handler, runs, givenUp } = notingHandler(({ bookingId }) => bookingId === jobs[0]?.bookingId);
    queue.process(handler);
    await queue.enqueueTogether(jobs);
    await eventually(() => expect([givenUp.length, runs.length]).toEqual([1, 3]));
    expect(idsOf(givenUp)).toEqual([jobs[0]?.bookingId]);
  });
});

describe('the redis job queue: jobs of one commit', () => {
  test('that a closing worker has not begun are run by another one, once', async () => {
    const first = await openQueue('redis', { retry: { concurrency: 1 } });
    const second = await openQueue('redis', first);
    const gate = Promise.withResolvers<void>();
    const { handler, runs } = notingHandler();
    first.queue.process({ ...handler, run: (job) => handler.run(job).then(() => gate.promise) });
    const jobs = Array.from({ length: 5 }, newJob);
    await first.queue.enqueueTogether(jobs);
    await eventually(() => expect(runs).toHaveLength(1));
    const closed = first.queue.close();
    gate.resolve();
    await closed;
    expect(runs).toHaveLength(1);
    second.queue.process(handler);
    await eventually(() => expect(ascending(runs)).toEqual(idsOf(jobs)));
  });
});
