import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GroupRefused, writeGroup } from '../../src/bookings/group-store.ts';
import { newTicketOrder } from '../../src/bookings/ticket-order.ts';
import { insertEntries } from '../../src/waiting-list/entry-store.ts';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';
import { SETUPS } from '../support/setups.ts';

const NOW = new Date('2030-01-01T10:00:00.000Z');
const shifted = (ms: number) => new Date(NOW.getTime() + ms);

/** What the event has beside its details. */
type EventInput = { status?: string; offersOwed?: true; waiting?: number } & Readonly<Record<string, unknown>>;

describe.each(SETUPS)('%s: a group that was decided on old knowledge', (setup) => {
  let office: BoxOffice;
  beforeAll(async () => {
    office = await openBoxOffice(setup, { worker: false });
  });
  afterAll(() => office.close());

  async function eventWith({ status = 'ON_SALE', offersOwed, waiting, ...input }: EventInput): Promise<number> {
    const { id } = await office.container.createEvent({ title: 'Concert', capacity: 10, ...input });
    const { db } = office.container;
    await db.em().execute('update events set status = ? where id = ?', [status, id]);
    if (offersOwed) await db.em().execute(`update events set offers_owed = true where id = ${id}`);
    const wish = { userId: 'waiting', quantity: waiting ?? 0, holderName: null, email: null };
    if (waiting) await insertEntries(db, id, [wish], NOW);
    return id;
  }
  const order = { userId: 'alice', holderName: null, email: null, holdSeconds: 600, idempotencyKey: null };
  const write = (eventId: number, ...quantities: number[]) =>
    writeGroup(
      office.container.db,
      eventId,
      quantities.map((quantity) => newTicketOrder({ ...order, eventId, quantity })),
      NOW,
    );
  async function expectNothingWritten(eventId: number): Promise<void> {
    const bookings = await office.container.bookings.page({ eventId }, { size: 1, before: null });
    expect(bookings.items).toEqual([]);
    expect(await office.container.events.find(eventId)).toMatchObject({ bookedCount: 0, version: 0 });
  }

  test.each<[string, EventInput]>([
    ['more places are wanted than there are', { capacity: 2 }],
    ['the event is closed', { status: 'CLOSED' }],
    ['the event is cancelled', { status: 'CANCELLED' }],
    ['one booking is above maxPerBooking', { maxPerBooking: 1 }],
    ['a hold is above maxHoldSeconds', { maxHoldSeconds: 599 }],
    ['the sale has not opened', { salesOpenAt: shifted(1) }],
    ['the sale closes this very moment', { salesCloseAt: NOW }],
    ['its user would exceed maxPerUser', { maxPerUser: 2 }],
    ['somebody waits for the places that are free', { waiting: 10 }],
    ['its places are owed to those who wait', { offersOwed: true }],
  ])('is refused by the row when %s, and leaves nothing behind', async (_when, input) => {
    const eventId = await eventWith(input);
    await expect(write(eventId, 1, 2)).rejects.toBeInstanceOf(GroupRefused);
    await expectNothingWritten(eventId);
  });

  test('is written when every condition is just met', async () => {
    const window = { salesOpenAt: NOW, salesCloseAt: shifted(1) };
    const limits = { capacity: 3, maxPerBooking: 2, maxPerUser: 3, maxHoldSeconds: 600 };
    const eventId = await eventWith({ ...limits, ...window, waiting: 4 });
    const { bookings, event } = await write(eventId, 1, 2);
    expect(bookings.map(({ quantity }) => quantity)).toEqual([1, 2]);
    expect(event).toMatchObject({ bookedCount: 3, heldCount: 3, version: 1 });
  });

  test('takes no place twice when it is written again after a commit that went unanswered', async () => {
    const eventId = await eventWith({});
    const wish = (quantity: number) => newTicketOrder({ ...order, eventId, quantity });
    const [first, second, late] = [wish(1), wish(2), wish(3)];
    const before = await writeGroup(office.container.db, eventId, [first, second], NOW);
    const again = await writeGroup(office.container.db, eventId, [first, late, second], NOW);
    expect(again.event.bookedCount).toBe(6);
    expect(again.bookings.map(({ reference }) => reference)).toEqual([
      first.reference,
      late.reference,
      second.reference,
    ]);
    expect(again.bookings.map(({ id }) => id)).toEqual(expect.arrayContaining(before.bookings.map(({ id }) => id)));
  });
});
