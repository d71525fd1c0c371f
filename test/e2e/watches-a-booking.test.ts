import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { eventTopic } from '../../src/bookings/live/update-hints.ts';
import { type Booked, book, statusesToTheEnd, type WatchedBooking, watchBooking } from '../support/booking-watch.ts';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';
import { eventually } from '../support/eventually.ts';
import { GatedIssuer } from '../support/gated-issuer.ts';
import { createEvent, graphqlData } from '../support/graphql-client.ts';
import { SETUPS } from '../support/setups.ts';
import { openSubscriber, type Watch } from '../support/subscriber.ts';

describe.each(SETUPS)('%s: a watcher of a booking', (setup) => {
  const issuer = new GatedIssuer({ closed: true });
  let office: BoxOffice;
  let eventId: string;
  beforeAll(async () => {
    const env = { FINALIZE_ATTEMPTS: '2', FINALIZE_RETRY_DELAY_MS: '10', LOG_LEVEL: 'silent' };
    office = await openBoxOffice(setup, { env, overrides: { issuer } });
    eventId = await createEvent(office.url, { capacity: 10_000 });
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });
  afterAll(() => {
    issuer.open();
    return office.close();
  });

  async function statusOf(id: string): Promise<string> {
    const query = 'query ($id: ID!) { booking(id: $id) { status } }';
    const { booking } = await graphqlData<{ booking: { status: string } }>(office.url, query, { id });
    return booking.status;
  }
  const becomes = (id: string, status: string) => eventually(async () => (await statusOf(id)) === status);

  async function sees(watch: Watch<WatchedBooking>, status: string): Promise<void> {
    expect(await watch.next()).toMatchObject({ bookingStatusChanged: { status } });
  }

  const cancel = (id: string) =>
    graphqlData(office.url, 'mutation ($id: ID!) { cancelBooking(id: $id) { status } }', { id });

  test('who comes before the end sees PENDING, then FINALIZED with its tickets, then complete', async () => {
    const booking = await book(office, { eventId, quantity: 2 });
    const watch = watchBooking(openSubscriber(office.websocketUrl), booking.id);
    expect((await watch.next()).bookingStatusChanged).toEqual({
      id: booking.id,
      status: 'PENDING',
      version: 1,
      tickets: [],
    });
    issuer.release(booking.reference);
    expect((await watch.next()).bookingStatusChanged).toEqual({
      id: booking.id,
      status: 'FINALIZED',
      version: 2,
      tickets: [{ serial: 1 }, { serial: 2 }],
    });
    await watch.completed();
  });

  test('who comes in the very moment of the end sees it once and last', async () => {
    const subscriber = openSubscriber(office.websocketUrl);
    await subscriber.socket;
    for (let round = 0; round < 8; round++) {
      const booking = await book(office, { eventId });
      const early = watchBooking(subscriber, booking.id);
      issuer.release(booking.reference);
      const late = watchBooking(subscriber, booking.id);
      for (const watch of [early, late]) {
        const statuses = await statusesToTheEnd(watch);
        expect(statuses.filter((status) => status === 'FINALIZED')).toHaveLength(1);
        expect(statuses.at(-1)).toBe('FINALIZED');
      }
    }
  });

  test('who comes long after the end sees it at once, then complete', async () => {
    const booking = await book(office, { eventId });
    issuer.release(booking.reference);
    await becomes(booking.id, 'FINALIZED');
    const watch = watchBooking(openSubscriber(office.websocketUrl), booking.id);
    expect(await statusesToTheEnd(watch)).toEqual(['FINALIZED']);
  });

  test('is shown FAILED as an end, before it and long after', async () => {
    const booking = await book(office, { eventId });
    const watch = watchBooking(openSubscriber(office.websocketUrl), booking.id);
    await sees(watch, 'PENDING');
    issuer.fail(booking.reference);
    expect(await statusesToTheEnd(watch)).toEqual(['FAILED']);
    expect(await statusesToTheEnd(watchBooking(openSubscriber(office.websocketUrl), booking.id))).toEqual(['FAILED']);
  });

  test('is shown CANCELLED as an end, while PENDING and after FINALIZED, and no tickets any more', async () => {
    const subscriber = openSubscriber(office.websocketUrl);
    const pending = await book(office, { eventId });
    const watch = watchBooking(subscriber, pending.id);
    await sees(watch, 'PENDING');
    await cancel(pending.id);
    expect(await statusesToTheEnd(watch)).toEqual(['CANCELLED']);

    const finalized = await book(office, { eventId });
    issuer.release(finalized.reference);
    await becomes(finalized.id, 'FINALIZED');
    await cancel(finalized.id);
    const seen = await watchBooking(subscriber, finalized.id).rest();
    expect(seen.map((value) => value.bookingStatusChanged)).toMatchObject([{ status: 'CANCELLED', tickets: [] }]);
  });

  test('that nobody made is told NOT_FOUND, whatever its id looks like', async () => {
    const subscriber = openSubscriber(office.websocketUrl);
    for (const id of ['999999', '0', '-1', 'abc', '1e3', '2147483648', '']) {
      const [error, ...more] = await watchBooking(subscriber, id).errors();
      expect(error).toMatchObject({ message: 'Booking not found', extensions: { code: 'NOT_FOUND' } });
      expect(more).toEqual([]);
    }
    expect(office.container.liveUpdates.watchedEvents).toBe(0);
  });

  test('does not miss an end before the acknowledgement, whose hint nobody heard', async () => {
    const booking = await book(office, { eventId });
    const { pubsub } = office.container.services;
    const subscribe = pubsub.subscribe.bind(pubsub);
    vi.spyOn(pubsub, 'subscribe').mockImplementation(async (topic, listener) => {
      issuer.release(booking.reference);
      await becomes(booking.id, 'FINALIZED');
      return subscribe(topic, listener);
    });
    const watch = watchBooking(openSubscriber(office.websocketUrl), booking.id);
    expect(await statusesToTheEnd(watch)).toEqual(['FINALIZED']);
  });

  test('does not miss an end between the acknowledgement and the read, whose hint is lost', async () => {
    const booking = await book(office, { eventId });
    const { pubsub } = office.container.services;
    const subscribe = pubsub.subscribe.bind(pubsub);
    vi.spyOn(pubsub, 'subscribe').mockImplementation(async (topic) => {
      const end = await subscribe(topic, () => undefined);
      issuer.release(booking.reference);
      await becomes(booking.id, 'FINALIZED');
      return end;
    });
    const watch = watchBooking(openSubscriber(office.websocketUrl), booking.id);
    expect(await statusesToTheEnd(watch)).toEqual(['FINALIZED']);
  });

  test('is told once of an end during the read, and not at all of the old row after it', async () => {
    const booking = await book(office, { eventId });
    const subscriber = openSubscriber(office.websocketUrl);
    const other = watchBooking(subscriber, booking.id);
    await sees(other, 'PENDING');

    const { liveUpdates, db } = office.container;
    const em = db.em.bind(db);
    let reads = 0;
    const spy = vi.spyOn(db, 'em').mockImplementation(() => {
      const manager = em();
      const findOne = manager.findOne.bind(manager) as (...args: unknown[]) => Promise<unknown>;
      const slow = async (...args: unknown[]) => {
        const old = await findOne(...args);
        if (++reads < 2) return old;
        spy.mockRestore();
        issuer.release(booking.reference);
        expect(await statusesToTheEnd(other)).toEqual(['FINALIZED']);
        return old;
      };
      return Object.assign(manager, { findOne: slow });
    });
    const stream = await liveUpdates.bookingStatus(Number(booking.id));
    const statuses: string[] = [];
    for await (const value of stream) statuses.push(value.status);
    expect(statuses).toEqual(['FINALIZED']);
    expect(reads).toBe(2);
  });

  test.each([
    ['FINALIZED', ({ reference }: Booked) => issuer.release(reference)],
    ['FAILED', ({ reference }: Booked) => issuer.fail(reference)],
    ['CANCELLED', ({ id }: Booked) => cancel(id)],
  ])('that becomes %s is hinted at that when it has happened, and need not look for it', async (status, make) => {
    const booking = await book(office, { eventId });
    await eventually(() => issuer.asked.includes(booking.reference));
    const publish = vi.spyOn(office.container.services.pubsub, 'publish');
    await make(booking);
    const hint = [eventTopic(Number(eventId)), { ids: [Number(booking.id)] }];
    await eventually(() => expect(publish.mock.calls).toContainEqual(hint));
    expect(await statusOf(booking.id)).toBe(status);
  });

  test('sees no state twice, however often it is hinted at', async () => {
    const [booking, other] = [await book(office, { eventId }), await book(office, { eventId })];
    const subscriber = openSubscriber(office.websocketUrl);
    const [watch, ofOther] = [watchBooking(subscriber, booking.id), watchBooking(subscriber, other.id)];
    await sees(watch, 'PENDING');
    await sees(ofOther, 'PENDING');
    await office.container.services.pubsub.publish(eventTopic(Number(eventId)), { ids: [Number(booking.id)] });
    // What is hinted at later is read no earlier.
    await cancel(other.id);
    expect(await statusesToTheEnd(ofOther)).toEqual(['CANCELLED']);
    issuer.release(booking.reference);
    expect(await statusesToTheEnd(watch)).toEqual(['FINALIZED']);
  });

  test('is one of many: watchers of one booking and of many bookings of an event each get their own end', async () => {
    const subscribers = Array.from({ length: 3 }, () => openSubscriber(office.websocketUrl));
    const shared = await book(office, { eventId });
    const own = await Promise.all(Array.from({ length: 18 }, (_, i) => book(office, { eventId, userId: `user-${i}` })));
    const watches = subscribers.flatMap((subscriber, s) => [
      ...Array.from({ length: 6 }, () => ({ id: shared.id, watch: watchBooking(subscriber, shared.id) })),
      ...own.slice(s * 6, s * 6 + 6).map(({ id }) => ({ id, watch: watchBooking(subscriber, id) })),
    ]);
    for (const { watch } of watches) await sees(watch, 'PENDING');
    for (const { reference } of [...own, shared]) issuer.release(reference);
    for (const { id, watch } of watches) {
      const [last, ...more] = await watch.rest();
      expect(last?.bookingStatusChanged).toMatchObject({ id, status: 'FINALIZED' });
      expect(more).toEqual([]);
    }
  });

  test('who stops reading still gets the last state after reading on, and holds up nobody', async () => {
    const booking = await book(office, { eventId });
    const slow = openSubscriber(office.websocketUrl);
    const watch = watchBooking(slow, booking.id);
    const other = watchBooking(openSubscriber(office.websocketUrl), booking.id);
    await sees(watch, 'PENDING');
    await sees(other, 'PENDING');
    const socket = await slow.socket;
    socket.pause();
    issuer.release(booking.reference);
    expect(await statusesToTheEnd(other)).toEqual(['FINALIZED']);
    expect(watch.queue.unread).toEqual([]);
    socket.resume();
    expect(await statusesToTheEnd(watch)).toEqual(['FINALIZED']);
  });
});
