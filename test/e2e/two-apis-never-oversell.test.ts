import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Attempt, BookingClient, type BookingInput, tally } from '../support/booking-client.ts';
import { type Fleet, openFleet } from '../support/fleet.ts';
import { allFinalized, bookingsOf, createEvent, statsOf } from '../support/graphql-client.ts';

const FLEETS = [
  ['sqlite + redis', ['api', 'api', 'worker']],
  ['postgresql + redis', ['api', 'api', 'worker']],
  ['embedded', ['serve']],
] as const;

describe.each(FLEETS)('%s: %s', (setup, roles) => {
  let fleet: Fleet;
  let urls: string[];
  let url: string;
  const client = new BookingClient({ maxSockets: 100 });

  beforeAll(async () => {
    fleet = await openFleet(setup);
    await Promise.all(roles.map((role) => fleet.start(role)));
    urls = fleet.processes.filter(({ args }) => args[0] !== 'worker').map((process) => process.url);
    url = urls[0] as string;
  });
  afterAll(async () => {
    client.close();
    await fleet.close();
  });

  /** All at once, in turn at each API. */
  function bookAll(inputs: readonly BookingInput[]): Promise<Attempt[]> {
    return Promise.all(inputs.map((input, i) => client.book(urls[i % urls.length] as string, input)));
  }

  test('of 1,000 bookings at once for 100 places exactly 100 succeed, and 900 are told it is sold out', async () => {
    const eventId = await createEvent(url, { capacity: 100 });
    const attempts = await bookAll(Array.from({ length: 1_000 }, (_, i) => ({ eventId, userId: `buyer-${i}` })));

    expect(tally(attempts)).toEqual({ booked: 100, SOLD_OUT: 900 });
    expect(await allFinalized(url, eventId)).toMatchObject({
      bookedCount: 100,
      availableCount: 0,
      finalizedCount: 100,
    });
    const stored = await bookingsOf(url, eventId);
    const answered = attempts.flatMap(({ outcome }) => (outcome.kind === 'booked' ? [outcome.id] : []));
    expect([...stored.keys()].sort()).toEqual(answered.sort());
    await fleet.verify();
  });

  test('50 requests at once with one idempotency key make one booking, and all are answered with it', async () => {
    const eventId = await createEvent(url, { capacity: 100 });
    const input = { eventId, userId: 'impatient', quantity: 2, idempotencyKey: 'a-double-click' };
    const attempts = await bookAll(Array.from({ length: 50 }, () => input));

    expect(tally(attempts)).toEqual({ booked: 50 });
    expect(new Set(attempts.map(({ outcome }) => JSON.stringify(outcome))).size).toBe(1);
    expect((await bookingsOf(url, eventId)).size).toBe(1);
    expect(await statsOf(url, eventId)).toMatchObject({ bookedCount: 2 });
  });

  test('maxPerUser holds for one user at all processes', async () => {
    const eventId = await createEvent(url, { capacity: 100, maxPerUser: 3 });
    const attempts = await bookAll(Array.from({ length: 60 }, () => ({ eventId, userId: 'greedy' })));

    expect(tally(attempts)).toEqual({ booked: 3, LIMIT_REACHED: 57 });
    expect(await statsOf(url, eventId)).toMatchObject({ bookedCount: 3 });
  });
});
