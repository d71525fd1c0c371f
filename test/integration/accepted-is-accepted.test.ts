import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';
import { eventually } from '../support/eventually.ts';
import { bookTicket } from '../support/graphql-client.ts';
import { bookingOf, rush, tally } from '../support/outcomes.ts';
import { SETUPS } from '../support/setups.ts';

describe.each(SETUPS)('%s: a committed booking is answered as booked', (setup) => {
  let office: BoxOffice;
  /** How often the connection breaks at a failpoint from now on. */
  const failures = new Map<string, number>();
  const failWhereAsked = async (failpoint: string) => {
    const left = failures.get(failpoint) ?? 0;
    if (left === 0) return;
    failures.set(failpoint, left - 1);
    throw Object.assign(new Error('Connection terminated unexpectedly'), { code: 'ECONNRESET' });
  };
  beforeAll(async () => {
    office = await openBoxOffice(setup, {
      env: { LOG_LEVEL: 'fatal', SWEEP_AGE_MS: '0', SWEEP_INTERVAL_MS: '50' },
      overrides: { failpoints: failWhereAsked },
    });
  });
  afterEach(() => {
    vi.restoreAllMocks();
    failures.clear();
  });
  afterAll(() => office.close());

  const eventWith = (input: object = {}) => office.container.createEvent({ title: 'Concert', capacity: 10, ...input });
  const bookedCount = async (eventId: number) => (await office.container.events.find(eventId))?.bookedCount;
  const becomesFinal = (id: number) =>
    eventually(async () => expect((await office.container.bookings.find(id))?.status).toBe('FINALIZED'));

  test('although its job could not be enqueued, which is counted', async () => {
    const { id: eventId } = await eventWith();
    const failures = async () => (await office.container.metrics.enqueueFailures.get()).values[0]?.value;
    bookingOf(await office.container.bookTicket({ eventId, userId: 'alice' }));
    expect(await failures()).toBe(0);
    vi.spyOn(office.container.services.queue, 'enqueue').mockRejectedValueOnce(new Error('no queue'));
    const { id } = bookingOf(await office.container.bookTicket({ eventId, userId: 'alice' }));
    await becomesFinal(id);
    expect(await failures()).toBe(1);
  });

  test('although nobody could be told', async () => {
    const { id: eventId } = await eventWith();
    vi.spyOn(office.container.services.pubsub, 'publish').mockRejectedValue(new Error('no pubsub'));
    const { id } = bookingOf(await office.container.bookTicket({ eventId, userId: 'alice' }));
    await becomesFinal(id);
  });

  /** The next booking is committed, and then the connection breaks before the answer comes. */
  const loseNextCommitAnswer = () => failures.set('booking:after-commit', 1);

  test('once, although the answer to the commit was lost', async () => {
    const { id: eventId } = await eventWith();
    await office.container.bookTicket({ eventId, userId: 'before' });
    loseNextCommitAnswer();
    const booking = bookingOf(await office.container.bookTicket({ eventId, userId: 'alice', quantity: 3 }));
    expect(booking).toMatchObject({ userId: 'alice', quantity: 3 });
    expect(await office.container.bookings.find(booking.id)).toMatchObject({ reference: booking.reference });
    expect(await bookedCount(eventId)).toBe(4);
    await becomesFinal(booking.id);
  });

  test('also over HTTP and under an idempotency key', async () => {
    const { id } = await eventWith();
    loseNextCommitAnswer();
    const wish = { eventId: String(id), quantity: 2, idempotencyKey: `lost-${id}` };
    const answer = await bookTicket(office.url, wish);
    expect(answer).toMatchObject({ __typename: 'Booking', quantity: 2 });
    expect(await bookTicket(office.url, wish)).toMatchObject({ reference: 'reference' in answer && answer.reference });
    expect(await bookedCount(id)).toBe(2);
  });

  test('also when that commit took the last places: never SOLD_OUT to their owners', async () => {
    const { id: eventId } = await eventWith({ capacity: 4 });
    loseNextCommitAnswer();
    const outcomes = await rush(6, (buyer) => office.container.bookTicket({ eventId, userId: `buyer-${buyer}` }));
    expect(await bookedCount(eventId)).toBe(4);
    expect(tally(outcomes)).toEqual({ booked: 4, SOLD_OUT: 2 });
  });

  test('also when that commit used up the limit of its user', async () => {
    const { id: eventId } = await eventWith({ maxPerUser: 2 });
    loseNextCommitAnswer();
    const outcome = await office.container.bookTicket({ eventId, userId: 'alice', quantity: 2 });
    expect(await bookedCount(eventId)).toBe(2);
    expect(tally([outcome])).toEqual({ booked: 1 });
  });

  test('and a database that stays away is SERVICE_UNAVAILABLE, not BUSY and not SOLD_OUT', async () => {
    const { id: eventId } = await eventWith();
    failures.set('booking:before-commit', 2);
    await expect(office.container.bookTicket({ eventId, userId: 'alice' })).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
    });
    expect(await bookedCount(eventId)).toBe(0);
    expect(tally([await office.container.bookTicket({ eventId, userId: 'alice' })])).toEqual({ booked: 1 });
  });
});
