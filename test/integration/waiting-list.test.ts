import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EntryNow } from '../../src/bookings/offers/waiting-list-queries.ts';
import type { Container } from '../../src/container.ts';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';
import { eventually } from '../support/eventually.ts';
import { hold, letEnd } from '../support/holds.ts';
import { bookingOf, rush, tally } from '../support/outcomes.ts';
import { SETUPS } from '../support/setups.ts';
import { entryOf, join } from '../support/waiting-list.ts';

describe.each(SETUPS)('%s: a waiting list', (setup) => {
  let office: BoxOffice;
  let box: Container;
  beforeAll(async () => {
    office = await openBoxOffice(setup);
    box = office.container;
  });
  afterAll(() => office.close());

  const soldOut = async (more: object = {}) => {
    const { id, capacity } = await box.createEvent({ title: 'Concert', capacity: 1, ...more });
    return { eventId: id, held: await hold(box, id, capacity) };
  };
  const statuses = async (...entries: EntryNow[]) =>
    (await Promise.all(entries.map(({ id }) => box.waitingList.find(id)))).map((entry) => entry?.status);
  const offerTo = async ({ id }: EntryNow) => (await box.waitingList.offers([id]))[0];
  const counts = async (eventId: number) => {
    const event = await box.events.find(eventId);
    return [event?.bookedCount, event?.heldCount, event?.finalizedCount];
  };
  /** What somebody sees who watches an entry. */
  const watch = async ({ id }: EntryNow) => {
    const seen: string[] = [];
    const ended = (async () => {
      for await (const { status, ahead } of await box.liveUpdates.waitingListEntry(id)) seen.push(`${status} ${ahead}`);
    })();
    await eventually(() => expect(seen.length).toBeGreaterThan(0));
    return { seen, ended };
  };

  test('offers a place whose hold has lapsed before the eyes of whoever waits, who gets the ticket', async () => {
    const { eventId, held } = await soldOut();
    expect(tally([await box.bookTicket({ eventId, userId: 'bob' })])).toEqual({ SOLD_OUT: 1 });
    const entry = entryOf(
      await box.joinWaitingList({ eventId, userId: 'bob', email: 'bob@example.com', holderName: 'Bob' }),
    );
    expect(entry).toMatchObject({ status: 'WAITING', ahead: 0, version: 1, quantity: 1, offeredAt: null });
    const { seen, ended } = await watch(entry);
    await letEnd(box.db, 0, `id = ${held.id}`);
    await eventually(() => expect(seen).toEqual(['WAITING 0', 'OFFERED null']));
    const offer = await offerTo(entry);
    expect(offer).toMatchObject({ status: 'HELD', userId: 'bob', quantity: 1, waitingListEntryId: entry.id });
    expect(offer).toMatchObject({ holderName: 'Bob', email: 'bob@example.com' });
    const heldMs = Number(offer?.expiresAt) - Date.now();
    expect(heldMs).toBeGreaterThan(580_000);
    expect(heldMs).toBeLessThan(610_000);
    expect(await counts(eventId)).toEqual([1, 1, 0]);
    bookingOf(await box.confirmBooking(offer?.id ?? 0, { paymentReference: 'pay-1' }));
    await ended;
    expect(seen).toEqual(['WAITING 0', 'OFFERED null', 'CONVERTED null']);
    await eventually(async () => expect(await counts(eventId)).toEqual([1, 0, 1]));
    expect(await box.waitingList.find(entry.id)).toMatchObject({ status: 'CONVERTED', version: 3 });
  });

  test('gives what is cancelled to the first, and what lapses to the next, and nobody else sees it', async () => {
    const { eventId, held } = await soldOut({ waitingListOfferSeconds: 30 });
    const [first, second] = [await join(box, eventId, 'first'), await join(box, eventId, 'second')];
    expect([first.ahead, second.ahead]).toEqual([0, 1]);
    await box.cancelBooking(held.id);
    expect(await statuses(first, second)).toEqual(['OFFERED', 'WAITING']);
    expect(tally([await box.bookTicket({ eventId, userId: 'another' })])).toEqual({ SOLD_OUT: 1 });
    await letEnd(box.db, 0, `waiting_list_entry_id = ${first.id}`);
    await eventually(async () => expect(await statuses(first, second)).toEqual(['LAPSED', 'OFFERED']));
    expect(tally([await box.bookTicket({ eventId, userId: 'another' })])).toEqual({ SOLD_OUT: 1 });
    // Whoever has lapsed may wait again, behind all others.
    const again = await join(box, eventId, 'first');
    expect(again.id).toBeGreaterThan(second.id);
    await box.leaveWaitingList(second.id);
    expect(await statuses(second, again)).toEqual(['LEFT', 'OFFERED']);
    expect(await offerTo(second)).toMatchObject({ status: 'CANCELLED' });
    await box.cancelBooking((await offerTo(again))?.id ?? 0);
    expect(await statuses(again)).toEqual(['LEFT']);
    expect(await counts(eventId)).toEqual([0, 0, 0]);
    expect(tally([await box.bookTicket({ eventId, userId: 'another' })])).toEqual({ booked: 1 });
  });

  test('passes over whoever wants more than there is, who keeps the place, and is as live as its numbers', async () => {
    const { eventId, held } = await soldOut({ capacity: 3 });
    const group = await join(box, eventId, 'group', 4);
    const single = await join(box, eventId, 'single', 1);
    const pair = await join(box, eventId, 'pair', 2);
    const numbers: number[] = [];
    const watching = await box.liveUpdates.eventStats(eventId);
    void (async () => {
      for await (const { waitingCount } of watching) numbers.push(waitingCount);
    })();
    const { seen } = await watch(pair);
    const last = await join(box, eventId, 'last', 1);
    await eventually(() => expect(numbers).toEqual([3, 4]));
    await box.cancelBooking(held.id);
    expect(await statuses(group, single, pair, last)).toEqual(['WAITING', 'OFFERED', 'OFFERED', 'WAITING']);
    await eventually(() => expect(numbers).toEqual([3, 4, 2]));
    await box.leaveWaitingList(group.id);
    await eventually(() => expect(numbers).toEqual([3, 4, 2, 1]));
    expect(await box.waitingList.find(last.id)).toMatchObject({ ahead: 0 });
    await eventually(() => expect(seen).toEqual(['WAITING 2', 'OFFERED null']));
    await watching.return();
  });

  test('offers the places of an event that grows, but none while its sale is closed', async () => {
    const { eventId, held } = await soldOut();
    const entries = [await join(box, eventId, 'a'), await join(box, eventId, 'b'), await join(box, eventId, 'c')];
    const grown = await box.updateEvent(eventId, 1, { capacity: 2 });
    expect(grown).toMatchObject({ kind: 'updated', event: { bookedCount: 2, heldCount: 2, capacity: 2 } });
    expect(await statuses(...entries)).toEqual(['OFFERED', 'WAITING', 'WAITING']);
    await box.updateEvent(eventId, 2, { status: 'CLOSED' });
    await box.cancelBooking(held.id);
    expect(await statuses(...entries)).toEqual(['OFFERED', 'WAITING', 'WAITING']);
    expect(await box.joinWaitingList({ eventId, userId: 'd' })).toMatchObject({ code: 'NOT_ON_SALE' });
    await box.updateEvent(eventId, 3, { status: 'ON_SALE' });
    expect(await statuses(...entries)).toEqual(['OFFERED', 'OFFERED', 'WAITING']);
    await box.cancelEvent(eventId, 'rain');
    await eventually(async () => expect(await statuses(...entries)).toEqual(['LAPSED', 'LAPSED', 'LAPSED']));
    await eventually(async () => expect(await counts(eventId)).toEqual([0, 0, 0]));
  });

  test('is offered what is free when its sale begins by time', async () => {
    const { eventId, held } = await soldOut();
    const entry = await join(box, eventId, 'first');
    await box.updateEvent(eventId, 1, { salesOpenAt: new Date(Date.now() + 3_600_000) });
    await box.cancelBooking(held.id);
    expect(tally([await box.bookTicket({ eventId, userId: 'another' })])).toEqual({ NOT_ON_SALE: 1 });
    expect([await statuses(entry), await counts(eventId)]).toEqual([['WAITING'], [0, 0, 0]]);
    // An hour later.
    await box.db.em().execute(`update events set sales_open_at = created_at where id = ${eventId}`);
    await eventually(async () => expect(await statuses(entry)).toEqual(['OFFERED']));
  });

  test('is joined once by each user, and refuses whoever need not wait or may not', async () => {
    const { eventId, held } = await soldOut({ capacity: 4, maxPerBooking: 4, maxPerUser: 4 });
    const joined = await rush(10, () => box.joinWaitingList({ eventId, userId: 'bob', quantity: 2 }));
    expect(new Set(joined.map((outcome) => entryOf(outcome).id)).size).toBe(1);
    expect(joined.filter((outcome) => outcome.kind === 'waiting' && !outcome.already)).toHaveLength(1);
    const refused = async (wish: object) => {
      const outcome = await box.joinWaitingList({ eventId, userId: 'ann', ...wish });
      return outcome.kind === 'refused' ? [outcome.code, outcome.availableCount] : outcome.kind;
    };
    expect(await refused({ quantity: 5 })).toEqual(['LIMIT_REACHED', null]);
    expect(await refused({ userId: 'holder' })).toEqual(['LIMIT_REACHED', null]);
    expect(await refused({ eventId: 99_999_999 })).toEqual(['EVENT_NOT_FOUND', null]);
    expect(await refused({ eventId: 'none' })).toEqual(['EVENT_NOT_FOUND', null]);
    await expect(box.joinWaitingList({ eventId, userId: '' })).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    await box.cancelBooking(held.id);
    // Two of four are offered.
    expect(await refused({ quantity: 2 })).toEqual(['PLACES_AVAILABLE', 2]);
    await expect(box.leaveWaitingList(entryOf(joined[0] as never).id, 'mallory')).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    await expect(box.leaveWaitingList(null)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe.each(SETUPS)('%s: a waiting list, with every worker dead,', (setup) => {
  let office: BoxOffice;
  let box: Container;
  beforeAll(async () => {
    office = await openBoxOffice(setup, { worker: false });
    box = office.container;
  });
  afterAll(() => office.close());

  test('is given what holds that are over leave by the next who comes, who gets nothing of it', async () => {
    const { id: eventId } = await box.createEvent({ title: 'Concert', capacity: 1 });
    await hold(box, eventId);
    const entry = await join(box, eventId, 'first');
    await letEnd(box.db, 0, `event_id = ${eventId}`);
    expect(tally([await box.bookTicket({ eventId, userId: 'another' })])).toEqual({ SOLD_OUT: 1 });
    expect((await box.waitingList.find(entry.id))?.status).toBe('OFFERED');
    await letEnd(box.db, 0, `event_id = ${eventId}`);
    // Whoever joins takes back what is over first, and need not wait then.
    const outcome = await box.joinWaitingList({ eventId, userId: 'second' });
    expect(outcome).toMatchObject({ kind: 'refused', code: 'PLACES_AVAILABLE', availableCount: 1 });
    expect((await box.waitingList.find(entry.id))?.status).toBe('LAPSED');
  });
});
