import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { newBookingRequest } from '../../src/bookings/booking-request.ts';
import { GroupRefused, writeGroup } from '../../src/bookings/group-store.ts';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';
import { SETUPS } from '../support/setups.ts';

describe.each(SETUPS)('%s: a group that was decided on old knowledge', (setup) => {
  let office: BoxOffice;
  beforeAll(async () => {
    office = await openBoxOffice(setup, { worker: false });
  });
  afterAll(() => office.close());

  test('is refused by the UPDATE when its places are gone, and leaves nothing behind', async () => {
    const { id: eventId } = await office.container.createEvent({ title: 'Concert', capacity: 2 });
    const wish = (quantity: number) => newBookingRequest({ eventId, userId: 'alice', idempotencyKey: null, quantity });

    const written = writeGroup(office.container.db, eventId, [wish(1), wish(2)], new Date());

    await expect(written).rejects.toBeInstanceOf(GroupRefused);
    expect(await office.container.bookings.countPending()).toBe(0);
  });
});
