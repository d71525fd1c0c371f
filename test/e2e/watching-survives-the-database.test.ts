import { createClient } from 'graphql-ws';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { type Booked, book, WATCH_BOOKING, type WatchedBooking, watchBooking } from '../support/booking-watch.ts';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';
import { GatedIssuer } from '../support/gated-issuer.ts';
import { createEvent } from '../support/graphql-client.ts';
import { openSubscriber } from '../support/subscriber.ts';

const away = () => Object.assign(new Error('the database system is shutting down'), { code: '57P03' });

describe('a watcher, when the database is away', () => {
  let office: BoxOffice;
  let booking: Booked;
  let issuer: GatedIssuer;
  beforeEach(async () => {
    issuer = new GatedIssuer({ closed: true });
    office = await openBoxOffice('embedded', { env: { LOG_LEVEL: 'silent' }, overrides: { issuer } });
    booking = await book(office, { eventId: await createEvent(office.url, { capacity: 10 }) });
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    issuer.open();
    await office.close();
  });

  /** What a client as it comes is shown up to the end; it waits for nothing before it connects again. */
  async function statuses(): Promise<string[]> {
    const retryWait = async () => undefined;
    const client = createClient({ url: office.websocketUrl, webSocketImpl: WebSocket, retryWait });
    const seen: string[] = [];
    const variables = { id: booking.id };
    for await (const { data, errors } of client.iterate<WatchedBooking>({ query: WATCH_BOOKING, variables })) {
      if (errors) throw new Error(JSON.stringify(errors));
      seen.push(data?.bookingStatusChanged.status ?? 'nothing');
    }
    await client.dispose();
    return seen;
  }

  test('for longer than it is kept waiting, is told to come back later, not that it is over', async () => {
    vi.spyOn(office.container.liveUpdates, 'bookingStatus').mockRejectedValueOnce(away());
    const subscriber = openSubscriber(office.websocketUrl);
    const watch = watchBooking(subscriber, booking.id);
    expect(await subscriber.closed).toMatchObject({ code: 1013 });
    expect(await watch.queue.next()).toMatchObject({ kind: 'error', error: { code: 1013 } });
  });

  test('comes back by itself and sees the end', async () => {
    vi.spyOn(office.container.liveUpdates, 'bookingStatus').mockRejectedValueOnce(away()).mockRejectedValueOnce(away());
    const watching = statuses();
    issuer.release(booking.reference);
    expect((await watching).at(-1)).toBe('FINALIZED');
  });

  test('just as the end is to be shown, sees it all the same', async () => {
    issuer.release(booking.reference);
    vi.spyOn(office.container.tickets, 'ofBookings').mockRejectedValueOnce(away());
    expect((await statuses()).at(-1)).toBe('FINALIZED');
  });
});
