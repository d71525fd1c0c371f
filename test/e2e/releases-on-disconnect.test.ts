import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { book, watchBooking } from '../support/booking-watch.ts';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';
import { eventually, within } from '../support/eventually.ts';
import { GatedIssuer } from '../support/gated-issuer.ts';
import { createEvent } from '../support/graphql-client.ts';
import { SETUPS } from '../support/setups.ts';
import { openSubscriber, type Subscriber, type Watch } from '../support/subscriber.ts';

/** Shutdown gives up after nine seconds, so closing has to be done by then. */
const CLOSE_BOUND_MS = 8_000;

describe.each(SETUPS)('%s: nothing is left', (setup) => {
  const issuer = new GatedIssuer({ closed: true });
  let office: BoxOffice;
  let eventId: string;
  let redis: Redis | null = null;
  beforeAll(async () => {
    office = await openBoxOffice(setup, { overrides: { issuer }, env: { LOG_LEVEL: 'silent' } });
    if (office.container.config.redis) redis = new Redis(office.container.config.redis.url);
    eventId = await createEvent(office.url, { capacity: 1_000 });
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });
  afterAll(async () => {
    issuer.open();
    redis?.disconnect();
    await office.close();
  });

  const channels = async () =>
    (await redis?.pubsub('CHANNELS', `${office.container.config.redis?.prefix}:hints:event:*`)) ?? [];

  async function everythingIsReleased(): Promise<void> {
    await eventually(async () => {
      expect(office.container.liveUpdates.watchedEvents).toBe(0);
      expect(await channels()).toEqual([]);
    });
  }

  /** One watcher of each kind, who has been told what there is to tell and waits for more. */
  async function watchAll(subscriber: Subscriber): Promise<Watch<unknown>[]> {
    const booking = await book(office, { eventId });
    const status = watchBooking(subscriber, booking.id);
    const stats = subscriber.subscribe('subscription ($id: ID!) { eventStatsChanged(eventId: $id) { version } }', {
      id: eventId,
    });
    const bookings = subscriber.subscribe('subscription ($id: ID!) { eventBookingsChanged(eventId: $id) { id } }', {
      id: eventId,
    });
    await status.next();
    await stats.next();
    expect(office.container.liveUpdates.watchedEvents).toBe(1);
    if (redis) expect(await channels()).toHaveLength(1);
    return [status, stats, bookings];
  }

  test('after complete', async () => {
    const booking = await book(office, { eventId });
    const watch = watchBooking(openSubscriber(office.websocketUrl), booking.id);
    await watch.next();
    issuer.release(booking.reference);
    await watch.rest();
    await everythingIsReleased();
  });

  test('after unsubscribing, also while waiting for a value', async () => {
    for (const watch of await watchAll(openSubscriber(office.websocketUrl))) watch.unsubscribe();
    await everythingIsReleased();
  });

  test('after the socket was closed', async () => {
    const subscriber = openSubscriber(office.websocketUrl);
    await watchAll(subscriber);
    await subscriber.dispose();
    await everythingIsReleased();
  });

  test('after the connection broke', async () => {
    const subscriber = openSubscriber(office.websocketUrl);
    await watchAll(subscriber);
    (await subscriber.socket).terminate();
    await everythingIsReleased();
  });

  test.each(['unsubscribes', 'breaks the connection'])('when the client %s before the acknowledgement', async (how) => {
    const { pubsub } = office.container.services;
    const subscribe = pubsub.subscribe.bind(pubsub);
    const acknowledgement = Promise.withResolvers<void>();
    const asked = vi.spyOn(pubsub, 'subscribe').mockImplementation(async (topic, listener) => {
      const end = await subscribe(topic, listener);
      await acknowledgement.promise;
      return end;
    });
    const booking = await book(office, { eventId });
    const upgraded = once(office.server.server, 'upgrade');
    const subscriber = openSubscriber(office.websocketUrl);
    const socket = await subscriber.socket;
    const [, serverSide] = (await upgraded) as [unknown, Duplex];
    const watch = watchBooking(subscriber, booking.id);
    await eventually(() => asked.mock.calls.length === 1);
    if (how === 'unsubscribes') {
      watch.unsubscribe();
      await pong(socket);
    } else {
      socket.terminate();
      await eventually(() => serverSide.closed);
    }
    acknowledgement.resolve();
    await everythingIsReleased();
  });

  test('when the acknowledgement fails', async () => {
    vi.spyOn(office.container.services.pubsub, 'subscribe').mockRejectedValue(new Error('redis says no'));
    const booking = await book(office, { eventId });
    const errors = await watchBooking(openSubscriber(office.websocketUrl), booking.id).errors();
    expect(errors).toMatchObject([{ extensions: { code: 'INTERNAL_SERVER_ERROR' } }]);
    expect(JSON.stringify(errors)).not.toContain('redis');
    await everythingIsReleased();
  });

  test('of many who came and went', async () => {
    for (let round = 0; round < 5; round++) {
      const subscribers = Array.from({ length: 4 }, () => openSubscriber(office.websocketUrl));
      const booking = await book(office, { eventId });
      const watches = subscribers.flatMap((one) => Array.from({ length: 5 }, () => watchBooking(one, booking.id)));
      if (round % 2 === 0) for (const watch of watches) await watch.next();
      for (const one of subscribers) (await one.socket).terminate();
    }
    await everythingIsReleased();
  });
});

describe('embedded: nothing is left', () => {
  test('after the server has closed, also of a client that does not read', async () => {
    const closing = await openBoxOffice('embedded', { worker: false });
    const id = await createEvent(closing.url, { capacity: 1 });
    const booking = await book(closing, { eventId: id });
    const [reads, sleeps] = [openSubscriber(closing.websocketUrl), openSubscriber(closing.websocketUrl)];
    await watchBooking(reads, booking.id).next();
    await watchBooking(sleeps, booking.id).next();
    (await sleeps.socket).pause();
    const closed = closing.close();
    const inTime = await within(
      CLOSE_BOUND_MS,
      closed.then(() => true),
    );
    (await sleeps.socket).terminate();
    await closed;
    expect(await reads.closed).toMatchObject({ code: 1001 });
    expect(closing.container.liveUpdates.watchedEvents).toBe(0);
    expect(inTime).toBe(true);
  });
});

/** The server has handled what was sent before. */
async function pong(socket: { ping(): void; once(event: 'pong', listener: () => void): unknown }): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  socket.once('pong', resolve);
  socket.ping();
  await promise;
}
