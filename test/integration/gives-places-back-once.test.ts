import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';
import { eventually } from '../support/eventually.ts';
import { GatedIssuer } from '../support/gated-issuer.ts';
import { bookingOf, rush } from '../support/outcomes.ts';
import { SETUPS } from '../support/setups.ts';

describe.each(SETUPS)('%s: a cancelled booking gives its places back once', (setup) => {
  const issuer = new GatedIssuer();
  let office: BoxOffice;
  let eventId: number;
  beforeAll(async () => {
    office = await openBoxOffice(setup, { env: { FINALIZE_ATTEMPTS: '1' }, overrides: { issuer } });
    ({ id: eventId } = await office.container.createEvent({ title: 'Concert', capacity: 100 }));
  });
  afterAll(() => office.close());

  const book = async (quantity = 3) =>
    bookingOf(await office.container.bookTicket({ eventId, userId: 'alice', quantity }));
  const becomes = (id: number, status: string) =>
    eventually(async () => expect((await office.container.bookings.find(id))?.status).toBe(status));
  const counts = async () => {
    const event = await office.container.events.find(eventId);
    return [event?.bookedCount, event?.finalizedCount];
  };

  test('when it is PENDING, and its job then changes nothing', async () => {
    issuer.close();
    const { id, reference } = await book();
    expect(await counts()).toEqual([3, 0]);
    await eventually(() => expect(issuer.asked).toContain(reference));
    expect(await office.container.cancelBooking(id)).toMatchObject({
      id,
      status: 'CANCELLED',
      version: 2,
      quantity: 3,
    });
    expect(await counts()).toEqual([0, 0]);
    issuer.open();
    await becomes((await book(1)).id, 'FINALIZED');
    expect(await office.container.bookings.find(id)).toMatchObject({
      status: 'CANCELLED',
      version: 2,
      finalizedAt: null,
    });
    expect(await counts()).toEqual([1, 1]);
    await emptyEvent();
  });

  test('when it is FINALIZED', async () => {
    const { id } = await book();
    await becomes(id, 'FINALIZED');
    expect(await counts()).toEqual([3, 3]);
    expect(await office.container.cancelBooking(id)).toMatchObject({ status: 'CANCELLED', version: 3 });
    expect(await counts()).toEqual([0, 0]);
  });

  test('when it is cancelled 20 times at once, and again later', async () => {
    const { id } = await book();
    await book(1);
    const answers = await rush(20, () => office.container.cancelBooking(id));
    answers.push(await office.container.cancelBooking(id));
    const last = await office.container.bookings.find(id);
    expect(new Set(answers.map(({ status, version }) => `${status} ${version}`))).toEqual(
      new Set([`CANCELLED ${last?.version}`]),
    );
    expect((await counts())[0]).toBe(1);
    await emptyEvent();
  });

  test('when the worker finalizes it at the same moment', async () => {
    for (let round = 0; round < 10; round++) {
      issuer.close();
      const { id, reference } = await book();
      await eventually(() => expect(issuer.asked).toContain(reference));
      issuer.open();
      const turns = round % 5;
      for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate);
      await office.container.cancelBooking(id);
      await becomes((await book(1)).id, 'FINALIZED');
      const booking = await office.container.bookings.find(id);
      expect(booking).toMatchObject({ status: 'CANCELLED', version: booking?.finalizedAt ? 3 : 2 });
      expect(await counts()).toEqual([1, 1]);
      await emptyEvent();
    }
  });

  test('and a FAILED one has nothing to give back any more', async () => {
    issuer.failNext(1);
    const { id } = await book();
    await becomes(id, 'FAILED');
    await expect(office.container.cancelBooking(id)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    expect(await office.container.bookings.find(id)).toMatchObject({ status: 'FAILED', version: 2 });
    expect(await counts()).toEqual([0, 0]);
  });

  test.each([null, 99_999_999])('and an unknown one (%s) is NOT_FOUND', async (id) => {
    await expect(office.container.cancelBooking(id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  async function emptyEvent() {
    const { items } = await office.container.bookings.page({ eventId }, { size: 100, before: null });
    for (const { id, status } of items) if (status !== 'FAILED') await office.container.cancelBooking(id);
    expect(await counts()).toEqual([0, 0]);
  }
});
