import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BookingClient } from '../support/booking-client.ts';
import type { BoxOfficeProcess } from '../support/boxoffice-process.ts';
import { expectAnsweredInTime, expectReady } from '../support/fault-expectations.ts';
import { type Fleet, openFleet } from '../support/fleet.ts';
import { createEvent } from '../support/graphql-client.ts';
import { residentBytes } from '../support/process-state.ts';
import { type FrameSocket, openFrameSocket } from '../support/raw-frames.ts';

const SOCKETS = 2_500;
const AT_ONCE = 200;
/** Linux takes all of 127.0.0.0/8 for itself. */
const ADDRESSES = process.platform === 'linux' ? ['127.0.0.2', '127.0.0.3', '127.0.0.4', '127.0.0.5'] : ['127.0.0.1'];
const MEMORY_BOUND_BYTES = SOCKETS * 50 * 1_024;
const INIT_TIMEOUT = 4408;

describe('a box office', () => {
  let fleet: Fleet;
  let office: BoxOfficeProcess;
  beforeAll(async () => {
    fleet = await openFleet('embedded');
    office = await fleet.start('serve');
  });
  afterAll(() => fleet.close());

  test('closes 2,500 sockets that never say a word with 4408, each at little cost, and answers bookings', async () => {
    const eventId = await createEvent(office.url, { capacity: 100_000 });
    const client = new BookingClient();
    const before = await residentBytes(office.pid);
    const bookings: Promise<Awaited<ReturnType<BookingClient['book']>>>[] = [];
    const sockets: FrameSocket[] = [];
    for (let opened = 0; opened < SOCKETS; opened += AT_ONCE) {
      const group = Array.from({ length: AT_ONCE }, (_, i) => {
        return openFrameSocket(office.url, ADDRESSES[(opened + i) % ADDRESSES.length]);
      });
      sockets.push(...(await Promise.all(group)));
      bookings.push(client.book(office.url, { eventId, userId: `buyer-${opened}`, quantity: 1 }));
    }
    const grown = (await residentBytes(office.pid)) - before;
    const attempts = await Promise.all(bookings);
    const codes = await Promise.all(sockets.map(({ closed }) => closed));
    client.close();

    expect(new Set(codes)).toEqual(new Set([INIT_TIMEOUT]));
    expect(grown).toBeLessThan(MEMORY_BOUND_BYTES);
    expectAnsweredInTime(attempts);
    expect(attempts.map(({ outcome }) => outcome.kind)).toEqual(attempts.map(() => 'booked'));
    await expectReady(office.url);
    expect(office.exit).toBeNull();
    expect(office.stderr).toBe('');
  });
});
