import { expect, test } from 'vitest';
import { LastError } from '../../src/platform/last-error.ts';
import { watchBooking } from '../support/booking-watch.ts';
import { openBoxOffice } from '../support/box-office.ts';
import { eventually } from '../support/eventually.ts';
import { graphqlData } from '../support/graphql-client.ts';
import { bookingOf } from '../support/outcomes.ts';
import { openSubscriber } from '../support/subscriber.ts';

const QUERY = '{ serviceHealth { queueDepth oldestPendingAt subscriptionCount lastError { message } } }';

test.each(['embedded', 'postgresql + redis'] as const)(
  '%s: an organizer sees what waits, since when, who watches and what went wrong',
  async (setup) => {
    const lastError = new LastError();
    const office = await openBoxOffice(setup, { worker: false, overrides: { lastError } });
    const { createEvent, bookTicket, confirmBooking, bookings } = office.container;
    const health = async () => (await graphqlData<{ serviceHealth: object }>(office.url, QUERY)).serviceHealth;
    const nothing = { queueDepth: 0, oldestPendingAt: null, subscriptionCount: 0, lastError: null };
    expect(await health()).toEqual(nothing);

    const { id: eventId } = await createEvent({ title: 'Concert', capacity: 10 });
    const held = bookingOf(await bookTicket({ eventId, userId: 'alice', holdSeconds: 600 }));
    expect(await health()).toEqual(nothing);
    const { id, createdAt } = bookingOf(await bookTicket({ eventId, userId: 'alice' }));
    await confirmBooking(held.id, {});
    const confirmedAt = (await bookings.find(held.id))?.confirmedAt as Date;
    const oldest = new Date(Math.min(createdAt.getTime(), confirmedAt.getTime())).toISOString();
    const subscriber = openSubscriber(office.websocketUrl);
    const watch = watchBooking(subscriber, String(id));
    await watch.queue.next();
    lastError.note('a worker stumbled');
    expect(await health()).toEqual({
      queueDepth: 2,
      oldestPendingAt: oldest,
      subscriptionCount: 1,
      lastError: { message: 'a worker stumbled' },
    });
    await subscriber.dispose();
    await eventually(async () => expect(await health()).toMatchObject({ subscriptionCount: 0 }));
    await office.close();
  },
);
