import { describe, expect, test } from 'vitest';
import { settleEndedOffers } from '../../src/audit/settle-ended-offers.ts';
import { verify } from '../../src/audit/verify.ts';
import { openBoxOffice } from '../support/box-office.ts';
import { hold } from '../support/holds.ts';
import { SETUPS } from '../support/setups.ts';
import { join } from '../support/waiting-list.ts';

const AGREE = 'an entry of a waiting list and the booking that was offered to it agree';

describe.each(SETUPS)('%s: reconciling', (setup) => {
  test('ends entries whose offers an old process has ended, each as its offer was, and leaves all others alone', async () => {
    const office = await openBoxOffice(setup, { worker: false });
    const { container: box } = office;
    const { db } = box;
    const run = (sql: string) => db.em().execute(sql);
    const now = db.kind === 'sqlite' ? "cast(unixepoch('subsec') * 1000 as integer)" : 'now()';
    const { id: eventId } = await box.createEvent({ title: 'Concert', capacity: 5 });
    const held = await hold(box, eventId, 5);
    const users = ['lapsed', 'confirmed', 'given back', 'offered', 'cancelled later', 'waiting'];
    const entries = await Promise.all(users.map((user) => join(box, eventId, user)));
    await box.cancelBooking(held.id);
    const become = (user: string, columns: string) =>
      run(`update bookings set version = version + 1, ${columns} where user_id = '${user}'`);
    await become('lapsed', "status = 'EXPIRED'");
    await become('confirmed', `status = 'PENDING', confirmed_at = ${now}`);
    await become('given back', "status = 'CANCELLED'");
    await become('cancelled later', `status = 'CANCELLED', confirmed_at = ${now}`);
    await run("update bookings set version = 3 where user_id = 'cancelled later'");
    // As many come back as the old process has counted.
    await run(`update events set booked_count = 2, held_count = 1, capacity = 2 where id = ${eventId}`);
    const broken = async () => (await verify(db)).find(({ promise }) => promise === AGREE)?.rows.length;
    const statuses = async () =>
      Object.fromEntries(
        await Promise.all(
          entries.map(async ({ id, userId }) => [userId, (await box.waitingList.find(id))?.status] as const),
        ),
      );
    const before = await statuses();

    expect([await broken(), await settleEndedOffers(db, false, new Date())]).toEqual([4, 4]);
    expect(await statuses()).toEqual(before);
    expect(await settleEndedOffers(db, true, new Date())).toBe(4);
    expect(await statuses()).toEqual({
      lapsed: 'LAPSED',
      confirmed: 'CONVERTED',
      'given back': 'LEFT',
      offered: 'OFFERED',
      'cancelled later': 'CONVERTED',
      waiting: 'WAITING',
    });
    expect([await verify(db), await settleEndedOffers(db, true, new Date())]).toEqual([[], 0]);
    await office.close();
  });
});
