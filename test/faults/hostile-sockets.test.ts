import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { BookingLoad, tally } from '../support/booking-client.ts';
import { type BoxOfficeProcess, WARN } from '../support/boxoffice-process.ts';
import { eventually } from '../support/eventually.ts';
import { expectAnsweredInTime, expectReady } from '../support/fault-expectations.ts';
import { type Fleet, openFleet } from '../support/fleet.ts';
import { bookTicket, createEvent } from '../support/graphql-client.ts';
import { residentBytes } from '../support/process-state.ts';
import { announcing, frame, openFrameSocket } from '../support/raw-frames.ts';
import { acknowledgedSocket, closeRawSockets } from '../support/raw-socket.ts';
import { openSubscriber, type Watch } from '../support/subscriber.ts';

const TEXT = 0x81;
const SLOW_READERS = 10;
const SUBSCRIPTIONS_EACH = 20;
const BOOKINGS = 1_000;
const GROWTH_BOUND_BYTES = 150 * 1_024 * 1_024;

interface Numbers {
  eventStatsChanged: { bookedCount: number };
}

describe('a box office', () => {
  let fleet: Fleet;
  let office: BoxOfficeProcess;
  let websocketUrl: string;
  beforeAll(async () => {
    fleet = await openFleet('embedded');
    office = await fleet.start('serve');
    websocketUrl = `${office.url.replace('http', 'ws')}/graphql`;
  });
  afterEach(() => closeRawSockets());
  afterAll(() => fleet.close());

  async function watchNumbers(): Promise<{ eventId: string; watch: Watch<Numbers> }> {
    const eventId = await createEvent(office.url, { capacity: 100_000 });
    const query = 'subscription ($id: ID!) { eventStatsChanged(eventId: $id) { bookedCount } }';
    const watch = openSubscriber(websocketUrl).subscribe<Numbers>(query, { id: eventId });
    await watch.next();
    return { eventId, watch };
  }

  test.each<[string, Buffer, number]>([
    ['a reserved opcode', frame(0x83), 1002],
    ['a reserved bit', frame(0xc1, '{}'), 1002],
    ['a frame without a mask', frame(TEXT, '{"type":"connection_init"}', { masked: false }), 1002],
    ['text that is not UTF-8', frame(TEXT, Buffer.from([0xc3, 0x28, 0xff])), 1007],
    ['a frame of 2^40 bytes', announcing(TEXT, 2n ** 40n), 1009],
    ['a frame of 2^63 bytes', announcing(TEXT, 2n ** 63n), 1009],
    ['a ping in fragments', frame(0x09, 'half'), 1002],
    ['a ping that is too long', announcing(0x89, 126n), 1002],
    ['a continuation of nothing', frame(0x80, 'more'), 1002],
    ['a new message within another', Buffer.concat([frame(0x01, 'one'), frame(TEXT, 'two')]), 1002],
    [
      'a message in 1,001 frames',
      Buffer.concat([frame(0x01), ...Array.from({ length: 1_000 }, () => frame(0x00))]),
      1008,
    ],
    ['a close frame of one byte', frame(0x88, 'x'), 1002],
    ['a close frame with code 999', frame(0x88, Buffer.from([0x03, 0xe7])), 1002],
    ['a binary message', frame(0x82, randomBytes(100)), 4400],
    ['no JSON', frame(TEXT, '{"type":'), 4400],
    ['a message without a type', frame(TEXT, '{"id":"1"}'), 4400],
  ])('closes a socket for %s and disturbs no other', async (_name, bytes, code) => {
    const { eventId, watch } = await watchNumbers();
    const logged = office.logs.length;
    const { socket, closed } = await openFrameSocket(office.url);
    socket.write(bytes);
    expect(await closed).toBe(code);
    await bookTicket(office.url, { eventId });
    await watch.until(({ eventStatsChanged }) => eventStatsChanged.bookedCount === 1);
    expect(office.exit).toBeNull();
    expect(office.stderr).toBe('');
    expect(office.logs.slice(logged).filter(({ level }) => level >= WARN)).toEqual([]);
  });

  test('keeps nothing of clients that vanish in the middle of a frame, and nobody is disturbed', async () => {
    const { eventId, watch } = await watchNumbers();
    const logged = office.logs.length;
    const sockets = await Promise.all(Array.from({ length: 50 }, () => openFrameSocket(office.url)));
    for (const { socket } of sockets) {
      socket.write(frame(TEXT, '{"type":"connection_init"}').subarray(0, 9));
      socket.resetAndDestroy();
    }
    await bookTicket(office.url, { eventId });
    await watch.until(({ eventStatsChanged }) => eventStatsChanged.bookedCount === 1);
    expect(office.logs.slice(logged).filter(({ level }) => level >= WARN)).toEqual([]);
  });

  test('spends a bounded memory on clients that subscribe to everything and read nothing, and serves others', async () => {
    const { eventId, watch } = await watchNumbers();
    const before = await residentBytes(office.pid);
    const query = `subscription ($id: ID!) { eventBookingsChanged(eventId: $id) {
      id reference userId quantity status version createdAt updatedAt finalizedAt event { title capacity bookedCount } } }`;
    for (let reader = 0; reader < SLOW_READERS; reader++) {
      const { socket, send } = await acknowledgedSocket(websocketUrl);
      for (let id = 0; id < SUBSCRIPTIONS_EACH; id++) {
        send({ id: `${id}`, type: 'subscribe', payload: { query, variables: { id: eventId } } });
      }
      socket.pause();
    }
    const load = new BookingLoad([office.url], eventId, { concurrency: 20, pauseMs: 5 });
    let most = before;
    await eventually(
      async () => {
        most = Math.max(most, await residentBytes(office.pid));
        return load.attempts.length >= BOOKINGS;
      },
      { timeoutMs: 45_000, intervalMs: 100 },
    );
    const attempts = await load.stop();
    expectAnsweredInTime(attempts);
    expect(tally(attempts)).toEqual({ booked: attempts.length });
    const places = attempts.reduce((sum, { input }) => sum + (input.quantity ?? 1), 0);
    await watch.until(({ eventStatsChanged }) => eventStatsChanged.bookedCount === places);
    expect(most - before).toBeLessThan(GROWTH_BOUND_BYTES);
    await expectReady(office.url);
  });
});
