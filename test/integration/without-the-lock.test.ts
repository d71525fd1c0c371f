import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Container, createContainer } from '../../src/container.ts';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';
import { bookPatiently, rush, tally } from '../support/outcomes.ts';

describe.each(['embedded', 'postgresql + redis'] as const)(
  '%s: two processes and a lock that lets everybody in',
  (setup) => {
    let office: BoxOffice;
    let other: Container;
    let inside = 0;
    let mostInside = 0;
    const bothInside = Promise.withResolvers<void>();

    beforeAll(async () => {
      office = await openBoxOffice(setup, { env: { BOOKING_MAX_GROUP: '10' }, worker: false });
      other = await createContainer(office.container.config);
      for (const { services } of [office.container, other]) {
        vi.spyOn(services.lock, 'withLock').mockImplementation(async (_eventId, work) => {
          mostInside = Math.max(mostInside, ++inside);
          // Each process has one group of an event at a time, so the first groups of both wait for each other.
          if (inside === 2) bothInside.resolve();
          if (setup !== 'embedded') await bothInside.promise;
          return work().finally(() => inside--);
        });
      }
    });
    afterAll(async () => {
      await other.close();
      await office.close();
    });

    test('still sell each place once: the row is the guard', async () => {
      const { id: eventId } = await office.container.createEvent({ title: 'Concert', capacity: 100 });
      const outcomes = await rush(200, (buyer) =>
        bookPatiently(buyer % 2 === 0 ? office.container : other, { eventId, userId: `buyer-${buyer}` }),
      );
      expect(tally(outcomes)).toEqual({ booked: 100, SOLD_OUT: 100 });
      expect((await other.events.find(eventId))?.bookedCount).toBe(100);
      // better-sqlite3 answers within the same turn, so only PostgreSQL lets two transactions of one process overlap.
      if (setup !== 'embedded') expect(mostInside).toBe(2);
    });

    test('still make one booking per idempotency key', async () => {
      const { id: eventId } = await office.container.createEvent({ title: 'Concert', capacity: 100 });
      const outcomes = await rush(60, (buyer) =>
        bookPatiently(buyer % 2 === 0 ? office.container : other, {
          eventId,
          userId: 'alice',
          idempotencyKey: `key-${buyer % 5}`,
        }),
      );
      expect(tally(outcomes)).toEqual({ booked: 5, replayed: 55 });
      expect((await other.events.find(eventId))?.bookedCount).toBe(5);
    });
  },
);
