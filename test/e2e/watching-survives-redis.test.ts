import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BookingSchema } from '../../src/bookings/booking.entity.ts';
import { type Container, createContainer } from '../../src/container.ts';
import { type Booked, book, statusesToTheEnd, watchBooking } from '../support/booking-watch.ts';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';
import { eventually } from '../support/eventually.ts';
import { GatedIssuer } from '../support/gated-issuer.ts';
import { createEvent } from '../support/graphql-client.ts';
import { type RedisServer, startRedisServer } from '../support/redis-server.ts';
import { openSubscriber } from '../support/subscriber.ts';

interface Changed {
  readonly eventBookingsChanged: { readonly id: string; readonly status: string };
}

/** Below LiveUpdates' recheck after 15 seconds, so that it is not what brings the end. */
const SNAPSHOT_BOUND_MS = 5_000;

describe.each([
  ['sqlite + redis', 'one process'],
  ['postgresql + redis', 'an API and a worker'],
] as const)('%s, %s: a watcher', (setup, shape) => {
  let redis: RedisServer;
  let issuer: GatedIssuer;
  let office: BoxOffice;
  let worker: Container | null;
  let booking: Booked;
  let eventId: string;
  let admin: Redis;

  beforeEach(async () => {
    redis = await startRedisServer();
    issuer = new GatedIssuer({ closed: true });
    const apart = shape === 'an API and a worker';
    office = await openBoxOffice(setup, {
      redisUrl: redis.url,
      worker: !apart,
      env: { SWEEP_INTERVAL_MS: '200', SWEEP_AGE_MS: '0', LOG_LEVEL: 'silent' },
      overrides: { issuer },
    });
    worker = apart ? await createContainer(office.container.config, { issuer }) : null;
    worker?.startWorker();
    admin = new Redis(redis.url);
    admin.on('error', () => undefined);
    eventId = await createEvent(office.url, { capacity: 10 });
    booking = await book(office, { eventId });
  });
  afterEach(async () => {
    issuer.open();
    admin.disconnect();
    await worker?.close();
    await office.close();
    await redis.remove();
  });

  const finalized = () =>
    eventually(
      async () => {
        const row = await office.container.db.em().findOneOrFail(BookingSchema, { id: Number(booking.id) });
        return row.status === 'FINALIZED';
      },
      { timeoutMs: 15_000 },
    );
  const watch = () => watchBooking(openSubscriber(office.websocketUrl), booking.id);

  test('sees the end once and last, although Redis restarted while the booking was PENDING', async () => {
    const watching = watch();
    expect((await watching.next()).bookingStatusChanged.status).toBe('PENDING');
    await redis.stop();
    await redis.start();
    issuer.release(booking.reference);
    expect(await statusesToTheEnd(watching)).toEqual(['FINALIZED']);
  });

  test('sees an end whose hint died with a killed Redis, once Redis is back; who comes later sees it without Redis', async () => {
    // The job is at the issuer before Redis goes, so the booking is finalized while Redis is away.
    const watching = watch();
    expect((await watching.next()).bookingStatusChanged.status).toBe('PENDING');
    await eventually(() => issuer.asked.includes(booking.reference));
    await redis.kill();
    issuer.release(booking.reference);
    await finalized();
    expect(watching.queue.unread).toEqual([]);
    expect(await statusesToTheEnd(watch())).toEqual(['FINALIZED']);
    await redis.start();
    expect(await statusesToTheEnd(watching)).toEqual(['FINALIZED']);
  });

  test('who comes while Redis is down has the present state within a bound, and the end when Redis is back', async () => {
    await eventually(() => issuer.asked.includes(booking.reference));
    await redis.stop();
    const [first, second] = [watch(), watch()];
    expect((await first.next(SNAPSHOT_BOUND_MS)).bookingStatusChanged.status).toBe('PENDING');
    expect((await second.next(SNAPSHOT_BOUND_MS)).bookingStatusChanged.status).toBe('PENDING');
    await redis.start();
    issuer.release(booking.reference);
    expect(await statusesToTheEnd(first)).toEqual(['FINALIZED']);
    expect(await statusesToTheEnd(second)).toEqual(['FINALIZED']);
  });

  test('who comes while Redis is frozen has the present state within a bound, and the end afterwards', async () => {
    await eventually(() => issuer.asked.includes(booking.reference));
    redis.pause();
    const watching = watch();
    expect((await watching.next(SNAPSHOT_BOUND_MS)).bookingStatusChanged.status).toBe('PENDING');
    issuer.release(booking.reference);
    await finalized();
    redis.resume();
    expect(await statusesToTheEnd(watching)).toEqual(['FINALIZED']);
  });

  test('who watches all bookings of the event catches up on those made while Redis was down', async () => {
    await eventually(() => issuer.asked.includes(booking.reference));
    const query = 'subscription ($id: ID!) { eventBookingsChanged(eventId: $id) { id status } }';
    const dashboard = openSubscriber(office.websocketUrl).subscribe<Changed>(query, { id: eventId });
    await eventually(async () => {
      const channels = await admin.pubsub('CHANNELS', '*:hints:event:*');
      return channels.length === 1;
    });
    await redis.kill();
    const made = await book(office, { eventId });
    await redis.start();
    const [last] = (await dashboard.until((value) => value.eventBookingsChanged.id === made.id)).slice(-1);
    expect(last?.eventBookingsChanged.status).toBe('PENDING');
  });
});
