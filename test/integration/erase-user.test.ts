import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eraseUser } from '../../src/bookings/erase-user.ts';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';
import { eventually } from '../support/eventually.ts';
import { GatedIssuer } from '../support/gated-issuer.ts';
import { hold } from '../support/holds.ts';
import { bookingOf, rush } from '../support/outcomes.ts';
import { SETUPS } from '../support/setups.ts';
import { entryOf, join } from '../support/waiting-list.ts';

const NAME = 'Ada Lovelace';
const EMAIL = 'ada@buyers.example';
const ERASED = /^erased-[\dA-Z]{16}$/;
/** More than one group. */
const MANY = 501;

describe.each(SETUPS)('%s: whoever is erased', (setup) => {
  const issuer = new GatedIssuer();
  let office: BoxOffice;
  beforeAll(async () => {
    office = await openBoxOffice(setup, { overrides: { issuer } });
  });
  afterAll(() => office.close());

  const rowsOf = (eventId: number) =>
    office.container.db
      .em()
      .execute<Record<string, unknown>[]>('select * from bookings where event_id = ? order by id', [eventId]);

  test('is in no column of their bookings, whose numbers, states and tickets stay, and others are left alone', async () => {
    const { container } = office;
    const { db, bookTicket, cancelBooking, bookings, events, tickets } = container;
    const { id: eventId } = await container.createEvent({ title: 'Concert', capacity: 2_000 });
    const ada = { eventId, userId: `ada-${eventId}`, quantity: 2 };
    const named = bookingOf(
      await bookTicket({ ...ada, holderName: NAME, email: EMAIL, idempotencyKey: `key of ${NAME}` }),
    );
    const cancelled = bookingOf(await bookTicket({ ...ada, holderName: NAME }));
    await cancelBooking(cancelled.id);
    const bob = bookingOf(await bookTicket({ eventId, userId: 'bob', holderName: 'Bob', idempotencyKey: 'key' }));
    await rush(MANY, () => bookTicket(ada));
    await eventually(async () => expect((await events.find(eventId))?.finalizedCount).toBe(2 * MANY + 3));
    const before = await rowsOf(eventId);
    const event = await events.find(eventId);

    expect(await eraseUser(db, ada.userId)).toEqual({
      bookings: MANY + 2,
      names: 2,
      addresses: 1,
      keys: 1,
      entries: 0,
    });
    const after = await rowsOf(eventId);
    expect(after).toEqual(
      before.map((row) => {
        if (row['id'] === bob.id) return row;
        const nobody = expect.stringMatching(ERASED);
        const details = { holder_name: null, email: null, mail_status: null };
        return { ...row, ...details, user_id: nobody, idempotency_key: null, fingerprint: 'erased' };
      }),
    );
    expect(new Set(after.map((row) => row['user_id'])).size).toBe(after.length);
    expect(await events.find(eventId)).toEqual(event);
    expect(await tickets.ofBookings([named.id])).toHaveLength(2);
    expect((await bookings.page({ userId: ada.userId }, { size: 10, before: null })).items).toEqual([]);
    expect(await eraseUser(db, ada.userId)).toEqual({ bookings: 0, names: 0, addresses: 0, keys: 0, entries: 0 });
  });

  test('waits nowhere any more, and is in no column of a waiting list; who waits behind gets what comes back', async () => {
    const { container } = office;
    const { db } = container;
    const lists = await Promise.all(
      ['waiting', 'offered', 'left'].map(async (title) => {
        const { id: eventId } = await container.createEvent({ title, capacity: 1 });
        const held = await hold(container, eventId);
        const wish = { eventId, userId: 'eve', holderName: NAME, email: EMAIL };
        return {
          held,
          entry: entryOf(await container.joinWaitingList(wish)),
          next: await join(container, eventId, 'bob'),
        };
      }),
    );
    const [waiting, offered, left] = lists as [(typeof lists)[0], (typeof lists)[0], (typeof lists)[0]];
    await container.cancelBooking(offered.held.id);
    await container.leaveWaitingList(left.entry.id);
    expect(await eraseUser(db, 'eve')).toEqual({ bookings: 1, names: 1, addresses: 1, keys: 0, entries: 3 });
    const became: string[] = [];
    for (const { entry } of lists) {
      const row = await container.waitingList.find(entry.id);
      expect(row).toMatchObject({ userId: expect.stringMatching(ERASED), holderName: null, email: null });
      became.push(`${row?.status} ${row?.version}`);
    }
    expect(became).toEqual(['LEFT 2', 'OFFERED 2', 'LEFT 2']);
    await container.cancelBooking(waiting.held.id);
    expect(await container.waitingList.find(waiting.next.id)).toMatchObject({ status: 'OFFERED' });
    expect(await eraseUser(db, 'eve')).toMatchObject({ bookings: 0, entries: 0 });
  });

  test('while a booking is PENDING has it finalized all the same, and who watches it sees that', async () => {
    const { container } = office;
    const { id: eventId } = await container.createEvent({ title: 'Concert', capacity: 2 });
    issuer.close();
    const { id } = bookingOf(await container.bookTicket({ eventId, userId: 'ada', holderName: NAME }));
    const watching = await container.liveUpdates.bookingStatus(id, 'ada');
    expect(await eraseUser(container.db, 'ada')).toMatchObject({ bookings: 1 });
    issuer.open();
    const seen: string[] = [];
    for await (const { status } of watching) seen.push(status);
    expect(seen).toEqual(['PENDING', 'FINALIZED']);
    expect(await container.bookings.find(id)).toMatchObject({ version: 2, holderName: null });
  });
});

test('an erasure that was stopped is taken up, and two at once share the work', async () => {
  let left = 1;
  const failpoints = async (point: string) => {
    if (point === 'erase:after-commit' && left-- === 0) throw new Error('killed');
  };
  const office = await openBoxOffice('postgresql + redis', { worker: false, overrides: { failpoints } });
  const { db, bookTicket, createEvent } = office.container;
  const { id: eventId } = await createEvent({ title: 'Concert', capacity: 2_000 });
  await rush(3 * MANY, () => bookTicket({ eventId, userId: 'ada' }));
  await expect(eraseUser(db, 'ada')).rejects.toThrow('killed');
  const rest = await Promise.all([eraseUser(db, 'ada'), eraseUser(db, 'ada')]);
  expect(rest.reduce((sum, { bookings }) => sum + bookings, 0)).toBe(3 * MANY - 1_000);
  await office.close();
});
