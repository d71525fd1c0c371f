import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Booking } from '../../src/bookings/booking.entity.ts';
import { GroupRefused, writeGroup } from '../../src/bookings/group-store.ts';
import { type BookingOutcome, newTicketOrder } from '../../src/bookings/ticket-order.ts';
import { type Container, createContainer } from '../../src/container.ts';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';
import { eventually } from '../support/eventually.ts';
import { hold, letEnd } from '../support/holds.ts';
import { bookingOf, rush, tally } from '../support/outcomes.ts';
import { SETUPS } from '../support/setups.ts';

const HOUR_MS = 3_600_000;
const codeOf = (outcome: BookingOutcome) => (outcome.kind === 'refused' ? outcome.code : outcome.booking.status);

/** Nothing is finalized, and nothing is swept. */
describe.each(SETUPS)('%s: with all workers stopped', (setup) => {
  let office: BoxOffice;
  let box: Container;
  /** Where there can be two, the second has a clock of its own. */
  let apis: Container[];
  let ofCancelled: Booking;
  beforeAll(async () => {
    office = await openBoxOffice(setup, { worker: false });
    box = office.container;
    const now = () => new Date(Date.now() + HOUR_MS);
    const database = { onWarning: () => undefined };
    apis = setup === 'embedded' ? [box] : [box, await createContainer(box.config, { now, database })];
  });
  afterAll(async () => {
    for (const other of apis.slice(1)) await other.close();
    await office.close();
  });

  const newEvent = async (more: object = {}) => (await box.createEvent({ title: 'Concert', capacity: 10, ...more })).id;
  const read = async ({ id }: Booking) => (await box.bookings.find(id)) as Booking;

  test('100 holds of 100 places end while 1,000 buyers come: 100 book, and nobody is refused while one of those places is left', async () => {
    const eventId = await newEvent({ capacity: 100 });
    await rush(100, () => hold(box, eventId));
    // (control) The places are taken as far as the counter tells, and stay so: nobody sweeps.
    const nothing = { holderName: null, email: null, holdSeconds: null, idempotencyKey: null };
    const wish = { eventId, userId: 'alice', quantity: 1, ...nothing };
    await expect(writeGroup(box.db, eventId, [newTicketOrder(wish)], new Date())).rejects.toBeInstanceOf(GroupRefused);

    await letEnd(box.db, 15, `event_id = ${eventId}`);
    const answers = apis.map((): Promise<BookingOutcome>[] => []);
    for (let wave = 0; wave < 10; wave++) {
      for (let n = 0; n < 100; n++) {
        const at = n % apis.length;
        answers[at]?.push(box === apis[at] ? box.bookTicket(wish) : (apis[at] as Container).bookTicket(wish));
      }
      await pause(4);
    }
    const outcomes = await Promise.all(answers.map((ofOne) => Promise.all(ofOne)));
    expect(tally(outcomes.flat())).toEqual({ booked: 100, SOLD_OUT: 900 });
    // A desk answers in the order of arrival: full, then the places of the holds that are over, then full again.
    for (const ofOne of outcomes) expect(ofOne.map(({ kind }) => kind[0]).join('')).toMatch(/^r*b*r*$/);
    expect(await box.events.find(eventId)).toMatchObject({ bookedCount: 100, heldCount: 0 });
  });

  test('a wish that is larger than one hold takes the places of several, and those of good holds stay', async () => {
    const eventId = await newEvent({ capacity: 4 });
    const [first, second, good] = [await hold(box, eventId), await hold(box, eventId, 2), await hold(box, eventId)];
    await letEnd(box.db, -1, `id in (${first.id}, ${second.id})`);
    const outcome = await box.bookTicket({ eventId, userId: 'alice', quantity: 4 });
    expect(outcome).toMatchObject({ code: 'SOLD_OUT', availableCount: 3 });
    expect(codeOf(await box.bookTicket({ eventId, userId: 'alice', quantity: 3 }))).toBe('PENDING');
    const rows = await Promise.all([first, second, good].map(read));
    expect(rows.map(({ status }) => status)).toEqual(['EXPIRED', 'EXPIRED', 'HELD']);
  });

  test('a hold that is over counts no more for the limit of its user', async () => {
    const eventId = await newEvent({ maxPerUser: 2 });
    const wish = { eventId, userId: 'alice', quantity: 2, holdSeconds: 600 };
    const held = bookingOf(await box.bookTicket(wish));
    expect(codeOf(await box.bookTicket(wish))).toBe('LIMIT_REACHED');
    await letEnd(box.db, -1, `id = ${held.id}`);
    expect(codeOf(await box.bookTicket(wish))).toBe('HELD');
    expect((await read(held)).status).toBe('EXPIRED');
  });

  test('a hold that is over is not confirmed, though nobody swept, and what its buyer is told is in the row', async () => {
    const held = await hold(box, await newEvent());
    await letEnd(box.db, 0, `id = ${held.id}`);
    for (const api of apis) expect(codeOf(await api.confirmBooking(held.id, {}))).toBe('HOLD_EXPIRED');
    expect(await read(held)).toMatchObject({ status: 'EXPIRED', version: 2 });
    const another = await hold(box, await newEvent());
    await letEnd(box.db, 0, `id = ${another.id}`);
    for (const api of apis) expect(codeOf(await api.extendHold(another.id, 600))).toBe('HOLD_EXPIRED');
    expect(await read(another)).toMatchObject({ status: 'EXPIRED', version: 2 });
  });

  test('the clock of the database says when a hold ends, also of a process whose clock is an hour ahead', async () => {
    const eventId = await newEvent({ capacity: 1 });
    for (const made of apis) {
      const held = await hold(made, eventId);
      expect(Math.abs(Number(held.expiresAt) - Date.now() - 600_000)).toBeLessThan(30_000);
      for (const asked of apis) {
        expect(codeOf(await asked.bookTicket({ eventId, userId: 'bob' }))).toBe('SOLD_OUT');
        expect(codeOf(await asked.extendHold(held.id, 900))).toBe('HELD');
      }
      for (const confirming of apis) expect(codeOf(await confirming.confirmBooking(held.id, {}))).toBe('PENDING');
      await made.cancelBooking(held.id);
    }
  });

  test('a hold of a cancelled event is not confirmed', async () => {
    const eventId = await newEvent();
    ofCancelled = await hold(box, eventId);
    await box.cancelEvent(eventId, 'The band is ill.');
    expect(codeOf(await box.confirmBooking(ofCancelled.id, {}))).toBe('NOT_ON_SALE');
    expect(codeOf(await box.extendHold(ofCancelled.id, 60))).toBe('NOT_ON_SALE');
  });

  test('and when one starts: it ends what is over, group by group, and cancels what a cancelled event holds', async () => {
    const [many, other] = [await newEvent({ capacity: 600 }), await newEvent()];
    await rush(600, () => hold(box, many));
    const [over, good] = [await hold(box, other), await hold(box, other)];
    await letEnd(box.db, -1, `event_id = ${many} or id = ${over.id}`);
    box.startWorker();
    await eventually(async () => {
      expect((await box.events.find(many))?.bookedCount).toBe(0);
      expect((await read(over)).status).toBe('EXPIRED');
      expect((await read(ofCancelled)).status).toBe('CANCELLED');
    });
    expect(await read(good)).toMatchObject({ status: 'HELD', version: 1 });
  });
});
