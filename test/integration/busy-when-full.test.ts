import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';
import { eventually } from '../support/eventually.ts';
import { bookTicket } from '../support/graphql-client.ts';
import { rush, tally } from '../support/outcomes.ts';
import { SETUPS } from '../support/setups.ts';

/** Long enough that a machine that stalls does not make the first one late. */
const MAX_WAIT_MS = 2_000;

describe.each(SETUPS)('%s: too many at once', (setup) => {
  let office: BoxOffice;
  beforeAll(async () => {
    office = await openBoxOffice(setup, { env: { BOOKING_MAX_WAITING: '5', BOOKING_MAX_WAIT_MS: `${MAX_WAIT_MS}` } });
  });
  afterAll(() => office.close());

  /** The next group comes to the event's door and waits there. */
  function holdNextGroup() {
    const arrived = Promise.withResolvers<void>();
    const door = Promise.withResolvers<void>();
    const { lock } = office.container.services;
    const withLock = lock.withLock.bind(lock);
    vi.spyOn(lock, 'withLock').mockImplementationOnce(async (eventId, work) => {
      arrived.resolve();
      await door.promise;
      return withLock(eventId, work);
    });
    return { arrived: arrived.promise, open: () => door.resolve() };
  }

  const createEvent = () => office.container.createEvent({ title: 'Concert', capacity: 100 });
  const bookedCount = async (eventId: number) => (await office.container.events.find(eventId))?.bookedCount;

  test('whoever finds the queue full hears BUSY at once, and nothing is booked for them', async () => {
    const { id: eventId } = await createEvent();
    const held = holdNextGroup();
    const first = office.container.bookTicket({ eventId, userId: 'first' });
    await held.arrived;
    const waiting = rush(5, (buyer) => office.container.bookTicket({ eventId, userId: `waiting-${buyer}` }));
    const refused = await rush(20, (buyer) => office.container.bookTicket({ eventId, userId: `late-${buyer}` }));
    expect(tally(refused)).toEqual({ BUSY: 20 });
    expect(refused[0]).toMatchObject({ retryable: true, retryAfterMs: 500, availableCount: null });
    const overHttp = await bookTicket(office.url, { eventId, userId: 'late' });
    expect(overHttp).toMatchObject({ code: 'BUSY', retryable: true, retryAfterMs: 500, availableCount: null });

    held.open();
    const answers = tally([await first, ...(await waiting)]);
    expect((answers['booked'] ?? 0) + (answers['BUSY'] ?? 0)).toBe(6);
    expect(await bookedCount(eventId)).toBe(answers['booked']);
    expect(tally([await office.container.bookTicket({ eventId, userId: 'late' })])).toEqual({ booked: 1 });
  });

  test('another event is sold meanwhile', async () => {
    const [stuck, free] = [await createEvent(), await createEvent()];
    const held = holdNextGroup();
    const first = office.container.bookTicket({ eventId: stuck.id, userId: 'first' });
    await held.arrived;
    expect(tally([await office.container.bookTicket({ eventId: free.id, userId: 'second' })])).toEqual({ booked: 1 });
    held.open();
    expect(tally([await first])).toEqual({ booked: 1 });
  });

  test('a database that stays busy is BUSY, not sold out and not an error: nothing was booked', async () => {
    const { id: eventId } = await createEvent();
    const busy = Object.assign(new Error('canceling statement due to lock timeout'), { code: '55P03' });
    vi.spyOn(office.container.services.lock, 'withLock').mockRejectedValueOnce(busy);
    const refused = await office.container.bookTicket({ eventId, userId: 'first' });
    expect(refused).toMatchObject({ code: 'BUSY', retryable: true, retryAfterMs: 500, availableCount: null });
    expect(await bookedCount(eventId)).toBe(0);
    expect(tally([await office.container.bookTicket({ eventId, userId: 'first' })])).toEqual({ booked: 1 });
  });

  test('whoever has waited too long hears BUSY instead of a late surprise', async () => {
    const { id: eventId } = await createEvent();
    const held = holdNextGroup();
    const first = office.container.bookTicket({ eventId, userId: 'first' });
    await held.arrived;
    const since = performance.now();
    const second = office.container.bookTicket({ eventId, userId: 'second' });
    await eventually(() => performance.now() - since > MAX_WAIT_MS);
    held.open();
    expect(tally([await first, await second])).toEqual({ booked: 1, BUSY: 1 });
    expect(await bookedCount(eventId)).toBe(1);
  });
});
