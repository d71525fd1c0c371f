import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { createContainer } from '../../src/container.ts';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';
import { eventually } from '../support/eventually.ts';
import { GatedIssuer } from '../support/gated-issuer.ts';
import { bookingOf, rush } from '../support/outcomes.ts';
import { startRedisServer } from '../support/redis-server.ts';
import { SETUPS } from '../support/setups.ts';

const SWEEP_OFTEN = { SWEEP_INTERVAL_MS: '50', SWEEP_AGE_MS: '0' };

const book = async (office: BoxOffice, eventId: number) =>
  bookingOf(await office.container.bookTicket({ eventId, userId: 'alice' }));
const allFinalized = (office: BoxOffice, eventId: number, count: number) =>
  eventually(async () => expect(await office.container.events.find(eventId)).toMatchObject({ finalizedCount: count }), {
    timeoutMs: 20_000,
  });

describe.each(SETUPS)('%s: a booking without its job', (setup) => {
  let office: BoxOffice;
  afterEach(() => office.close());

  test.each(['is dropped', 'cannot be enqueued'])('is finalized all the same when it %s', async (fate) => {
    office = await openBoxOffice(setup, { env: SWEEP_OFTEN, worker: false });
    const { queue } = office.container.services;
    const lose = async () => {
      if (fate === 'cannot be enqueued') throw new Error('no queue');
    };
    const together = jest.spyOn(queue, 'enqueueTogether').mockImplementation(lose);
    const enqueue = jest.spyOn(queue, 'enqueue').mockImplementation(lose);
    office.container.startWorker();
    const { id: eventId } = await office.container.createEvent({ title: 'Concert', capacity: 20 });
    await rush(20, () => book(office, eventId));
    await eventually(() => expect(enqueue.mock.calls.length).toBeGreaterThan(2));
    expect(await office.container.events.find(eventId)).toMatchObject({ finalizedCount: 0 });
    expect(together).toHaveBeenCalled();
    enqueue.mockRestore();
    await allFinalized(office, eventId, 20);
  });

  test('is found when the next process starts, whatever its age', async () => {
    office = await openBoxOffice(setup, { env: { SWEEP_AGE_MS: '600000' }, worker: false });
    jest.spyOn(office.container.services.queue, 'enqueueTogether').mockResolvedValue();
    const { id: eventId } = await office.container.createEvent({ title: 'Concert', capacity: 20 });
    await rush(20, () => book(office, eventId));
    const next = await createContainer(office.container.config);
    try {
      next.startWorker();
      await allFinalized(office, eventId, 20);
    } finally {
      await next.close();
    }
  });

  test('is left alone while it is young: its own job is on the way', async () => {
    office = await openBoxOffice(setup, { env: { SWEEP_AGE_MS: '600000' }, worker: false });
    const { id: eventId } = await office.container.createEvent({ title: 'Concert', capacity: 20 });
    await book(office, eventId);
    expect([await office.container.sweeper.sweep(), await office.container.sweeper.sweep(0)]).toEqual([0, 1]);
  });
});

describe.each(['sqlite + redis', 'postgresql + redis'] as const)('%s: a Redis that forgets everything', (setup) => {
  test('strands no booking, neither waiting nor running ones', async () => {
    const redis = await startRedisServer();
    const issuer = new GatedIssuer();
    const office = await openBoxOffice(setup, {
      redisUrl: redis.url,
      env: { ...SWEEP_OFTEN, SWEEP_INTERVAL_MS: '200', FINALIZE_CONCURRENCY: '2', LOG_LEVEL: 'fatal' },
      overrides: { issuer },
    });
    const admin = new Redis(redis.url);
    try {
      issuer.close();
      const { id: eventId } = await office.container.createEvent({ title: 'Concert', capacity: 20 });
      await rush(20, () => book(office, eventId));
      await eventually(() => expect(issuer.asked.length).toBeGreaterThanOrEqual(2));
      await admin.flushall();
      issuer.open();
      await allFinalized(office, eventId, 20);
    } finally {
      admin.disconnect();
      await office.close();
      await redis.remove();
    }
  });
});
