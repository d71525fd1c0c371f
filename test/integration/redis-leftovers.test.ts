import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { newJob, notingHandler, openAdapters } from '../support/adapters.ts';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';
import { testRedisUrl } from '../support/databases.ts';
import { eventually } from '../support/eventually.ts';
import { bookingOf, rush } from '../support/outcomes.ts';
import { startRedisServer } from '../support/redis-server.ts';

const BOOKINGS = 10;
const HOUR_MS = 3_600_000;
/** BullMQ scores a delayed job by its time and a counter of twelve bits. */
const DELAYED_SCORE = 0x1000;

type Leave = (redis: Redis, queue: string, ids: readonly string[]) => Promise<unknown>;

/** What may be left of a queue whose jobs nobody will ever run. `ids` wait when it begins. */
const LEFTOVERS: Record<string, Leave> = {
  'whose hash survives while the list of those that wait is gone': (redis, queue) => redis.del(`${queue}:wait`),
  'that a worker whose clock was an hour ahead has parked as delayed': async (redis, queue, ids) => {
    await redis.del(`${queue}:wait`);
    for (const id of ids) await redis.zadd(`${queue}:delayed`, (Date.now() + HOUR_MS) * DELAYED_SCORE, id);
  },
  'that a worker keeps under a lock which nobody ends': async (redis, queue, ids) => {
    await redis.rename(`${queue}:wait`, `${queue}:active`);
    for (const id of ids) await redis.set(`${queue}:${id}:lock`, 'somebody', 'PX', HOUR_MS);
  },
  'that Redis remembers as completed': async (redis, queue, ids) => {
    await redis.del(`${queue}:wait`);
    for (const id of ids) {
      await redis.hset(`${queue}:${id}`, { finishedOn: Date.now(), returnvalue: 'null' });
      await redis.zadd(`${queue}:completed`, Date.now(), id);
    }
  },
  'of a queue that somebody has paused': async (redis, queue) => redis.hset(`${queue}:meta`, 'paused', 1),
  'of which only the marker is gone': (redis, queue) => redis.del(`${queue}:marker`),
  'of which nothing is left': async (redis, queue) => redis.del(await redis.keys(`${queue}:*`)),
};

describe('jobs', () => {
  const redis = new Redis(testRedisUrl());
  const open: { close(): Promise<void> }[] = [];
  afterEach(() => Promise.all(open.splice(0).map((opened) => opened.close())));
  afterAll(() => redis.disconnect());

  test.each(Object.keys(LEFTOVERS))('%s strand no booking', async (leftover) => {
    const office = await openBoxOffice('sqlite + redis', {
      worker: false,
      env: { SWEEP_INTERVAL_MS: '50', SWEEP_AGE_MS: '400', LOG_LEVEL: 'fatal' },
    });
    open.push(office);
    const { container } = office;
    const queue = `${container.config.redis?.prefix}:finalization`;
    const { id: eventId } = await container.createEvent({ title: 'Concert', capacity: 100 });
    const book = () => container.bookTicket({ eventId, userId: 'alice' }).then(bookingOf);
    const finalized = (count: number) =>
      eventually(async () => expect(await container.events.find(eventId)).toMatchObject({ finalizedCount: count }));
    const leave = async (count: number) => {
      await eventually(async () => expect(await redis.llen(`${queue}:wait`)).toBe(count));
      await LEFTOVERS[leftover]?.(redis, queue, await redis.lrange(`${queue}:wait`, 0, -1));
    };
    for (let n = 0; n < BOOKINGS; n++) await book();
    await leave(BOOKINGS);
    container.startWorker();
    await finalized(BOOKINGS);
    // After the first sweep as well.
    await rush(BOOKINGS, book);
    await finalized(2 * BOOKINGS);
  });

  test('(control) whose hash survives are not delivered by the queue, nor when they are enqueued again', async () => {
    const adapters = await openAdapters('redis');
    open.push(adapters);
    const { handler, runs } = notingHandler();
    const [lost, next] = [newJob(), newJob()];
    await adapters.queue.enqueue([lost]);
    expect(await redis.del(`${adapters.prefix}:finalization:wait`)).toBe(1);
    adapters.queue.process(handler);
    await adapters.queue.enqueue([lost]);
    await adapters.queue.enqueue([next]);
    await eventually(() => expect(runs).toEqual([next.bookingId]));
    const queue = new Queue('finalization', { connection: redis, prefix: adapters.prefix });
    await eventually(async () => expect(await queue.getJobCountByTypes('wait', 'active', 'delayed')).toBe(0));
    await queue.close();
    expect(runs).toEqual([next.bookingId]);
  });
});

describe.each(['sqlite + redis', 'postgresql + redis'] as const)('%s: while Redis is away', (setup) => {
  /** Seconds, at the settings that everybody has. */
  const FINAL_WITHIN_MS = 5_000;
  let office: BoxOffice;
  let redis: Awaited<ReturnType<typeof startRedisServer>>;
  beforeAll(async () => {
    redis = await startRedisServer();
    office = await openBoxOffice(setup, { redisUrl: redis.url, env: { LOG_LEVEL: 'fatal' } });
  });
  afterAll(async () => {
    // Without a Redis that answers, BullMQ's worker does not end.
    await redis.start();
    await eventually(() => office.container.services.queue.reachable);
    await office.close();
    await redis.remove();
  });

  test('and does not come back, bookings are final within seconds', async () => {
    const { container } = office;
    const { id: eventId } = await container.createEvent({ title: 'Concert', capacity: 1_000 });
    await redis.stop();
    await eventually(() => !container.services.queue.reachable);
    const made: number[] = [];
    for (let wave = 0; wave < 3; wave++) {
      const booked = await rush(40, () => container.bookTicket({ eventId, userId: 'alice' }).then(bookingOf));
      made.push(...booked.map(({ id }) => id));
      await eventually(
        async () => expect(await container.events.find(eventId)).toMatchObject({ finalizedCount: made.length }),
        { timeoutMs: 30_000 },
      );
    }
    const { items } = await container.bookings.page({ eventId }, { size: 1_000, before: null });
    const tookMs = items.map(
      ({ createdAt, finalizedAt }) => (finalizedAt?.getTime() ?? Infinity) - createdAt.getTime(),
    );
    expect(tookMs).toHaveLength(made.length);
    expect(Math.max(...tookMs)).toBeLessThan(FINAL_WITHIN_MS);
  });
});
