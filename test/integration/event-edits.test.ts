import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Container, createContainer } from '../../src/container.ts';
import type { Event } from '../../src/events/event.entity.ts';
import { type EventUpdate, type UpdateEventInput, updateEvent } from '../../src/events/update-event.ts';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';
import { within } from '../support/eventually.ts';
import { statementsOf } from '../support/noted-statements.ts';
import { everybodyReadsFirst, readNumber, rush, tally } from '../support/outcomes.ts';
import { SETUPS } from '../support/setups.ts';

const HOUR_MS = 3_600_000;
const hoursFromNow = (hours: number) => new Date(Date.now() + hours * HOUR_MS);
const codeOf = (update: EventUpdate) => (update.kind === 'refused' ? update.code : update.kind);

describe.each(SETUPS)('%s: an event that is edited', (setup) => {
  let office: BoxOffice;
  /** Another process over the same database. */
  let other: Container;
  beforeAll(async () => {
    office = await openBoxOffice(setup, { worker: false });
    other = await createContainer(office.container.config);
  });
  afterAll(async () => {
    await other.close();
    await office.close();
  });

  const eventWith = (input: Partial<Event> = {}) =>
    office.container.createEvent({ title: 'Concert', capacity: 10, ...input });
  const book = ({ id: eventId }: Event, quantity = 1, { bookTicket } = office.container) =>
    bookTicket({ eventId, userId: 'alice', quantity });
  const update = ({ id, edition }: Event, input: UpdateEventInput, container = other) =>
    container.updateEvent(id, edition, input);
  const now = async ({ id }: Event) => (await office.container.events.find(id)) as Event;

  test('keeps what is absent, loses what is null, and has the next version', async () => {
    const event = await eventWith({ venue: 'Music Hall', description: 'Doors at 7.\nNo seats.', maxPerUser: 4 });
    const [startsAt, endsAt] = [hoursFromNow(24), hoursFromNow(26)];
    expect(await update(event, { startsAt, endsAt, timeZone: 'Europe/Berlin', venue: null })).toMatchObject({
      kind: 'updated',
      event: { startsAt, endsAt, timeZone: 'Europe/Berlin', venue: null, maxPerUser: 4, edition: 2 },
    });
    const edited = await now(event);
    expect(edited).toMatchObject({
      title: 'Concert',
      description: 'Doors at 7.\nNo seats.',
      startsAt,
      status: 'ON_SALE',
    });
    expect(codeOf(await update(edited, { endsAt: null, maxPerUser: null, status: 'CLOSED' }))).toBe('updated');
    expect(await now(event)).toMatchObject({ startsAt, endsAt: null, maxPerUser: null, status: 'CLOSED', edition: 3 });
    expect(tally([await book(event)])).toEqual({ NOT_ON_SALE: 1 });
    expect(codeOf(await update(await now(event), { status: 'ON_SALE' }))).toBe('updated');
    expect(tally([await book(event)])).toEqual({ booked: 1 });
    expect((await now(event)).edition).toBe(4);
  });

  test.each<[string, UpdateEventInput]>([
    ['endsAt', { endsAt: hoursFromNow(1) }],
    ['salesCloseAt', { salesCloseAt: hoursFromNow(1) }],
    ['title', { title: null }],
    ['title', { title: 'a\u0000b' }],
    ['description', { description: 'x'.repeat(5_001) }],
    ['venue', { venue: ' ' }],
    ['timeZone', { timeZone: 'Europe/Atlantis' }],
    ['timeZone', { timeZone: '+01:00' }],
    ['capacity', { capacity: 0 }],
    ['status', { status: 'CANCELLED' }],
  ])('stays as it is when %s is not sensible: %j', async (field, input) => {
    const event = await eventWith({ startsAt: hoursFromNow(2), salesOpenAt: hoursFromNow(2) });
    await expect(update(event, input)).rejects.toMatchObject({ code: 'BAD_USER_INPUT', problems: [{ field }] });
    expect((await now(event)).edition).toBe(1);
  });

  test('takes one of the edits that were made of one version at the same moment; the others are told of it', async () => {
    const event = await eventWith();
    const updates = await rush(10, (i) => update(event, { title: `Edit ${i}` }, i % 2 ? other : office.container));
    expect(updates.map(codeOf).sort()).toEqual([...Array(9).fill('VERSION_CONFLICT'), 'updated']);
    const { title } = await now(event);
    expect(updates.findIndex(({ kind }) => kind === 'updated')).toBe(Number(title.split(' ')[1]));
    const refused = updates.find(({ kind }) => kind === 'refused');
    expect(refused).toMatchObject({
      message: expect.stringMatching(/has version 2, not 1/),
      event: { edition: 2, title },
    });
  });

  test('(control) loses an edit to whoever reads first and writes then', async () => {
    const { db } = office.container;
    const event = await eventWith({ description: 'by' });
    const names = ['alice', 'bob'];
    await everybodyReadsFirst(
      2,
      async () => (await now(event)).description,
      (read) =>
        db.em().execute('update events set description = ? where id = ?', [`${read} ${names.shift()}`, event.id]),
    );
    expect((await now(event)).description).not.toMatch(/alice.*bob|bob.*alice/);
  });

  test('never has fewer places than are booked, however many book while it shrinks', async () => {
    for (let round = 0; round < 6; round++) {
      const event = await eventWith({ capacity: 20 });
      const shrink = async () => {
        for (let turn = 0; turn < 3 * round; turn++) await new Promise(setImmediate);
        return update(event, { capacity: 5 });
      };
      const [shrunk, outcomes] = await Promise.all([
        shrink(),
        rush(12, (i) => book(event, 1, i % 2 ? other : office.container)),
      ]);
      const { capacity, bookedCount } = await now(event);
      const { booked, SOLD_OUT = 0, ...others } = tally(outcomes);
      expect({ booked, others }).toEqual({ booked: bookedCount, others: {} });
      if (shrunk.kind === 'updated') expect([capacity, bookedCount, SOLD_OUT]).toEqual([5, 5, 7]);
      else {
        expect([shrunk.code, capacity, SOLD_OUT]).toEqual(['CAPACITY_BELOW_BOOKED', 20, 0]);
        expect(shrunk.message).toBe(`${shrunk.event.bookedCount} places are booked, so there cannot be 5.`);
      }
    }
  });

  test.each<[string, (event: Event) => Promise<unknown>, object]>([
    ['is booked', (event) => book(event, 6), { code: 'CAPACITY_BELOW_BOOKED', event: { bookedCount: 6 } }],
    ['is edited', (event) => update(event, { title: 'Play' }), { code: 'VERSION_CONFLICT', event: { edition: 2 } }],
    [
      'is cancelled by hand',
      ({ id }) => office.container.db.em().execute(`update events set status = 'CANCELLED' where id = ${id}`),
      { code: 'EVENT_CANCELLED', event: { edition: 1 } },
    ],
  ])('that %s between the look of its editor and the UPDATE is as the row says', async (_what, meanwhile, refusal) => {
    const event = await eventWith();
    const { db } = other;
    const late: typeof db.transaction = async (name, work) => {
      await meanwhile(event);
      return db.transaction(name, work);
    };
    const changed = () => expect.unreachable();
    const parts = { db: { ...db, transaction: late }, also: changed, changed };
    const refused = await updateEvent(parts, event.id, 1, { capacity: 5 });
    expect(refused).toMatchObject({ kind: 'refused', ...refusal });
    expect((await now(event)).capacity).toBe(10);
  });

  test('shrinks to what is booked, and not below', async () => {
    const event = await eventWith();
    await book(event, 4);
    const refused = await update(event, { capacity: 3 });
    expect(refused).toMatchObject({ code: 'CAPACITY_BELOW_BOOKED', event: { bookedCount: 4, capacity: 10 } });
    expect(await update(event, { capacity: 4 })).toMatchObject({ kind: 'updated', event: { capacity: 4, version: 2 } });
  });

  test('(control) has fewer places than are booked when whoever shrinks it looks first and writes then', async () => {
    const { db } = office.container;
    await db.em().execute('create table control_events (capacity integer not null, booked integer not null)');
    await db.em().execute('insert into control_events values (20, 0)');
    const booked = () => readNumber(db, 'select booked from control_events');
    await everybodyReadsFirst(2, booked, async (seen) => {
      await db.em().execute('update control_events set booked = booked + 12 where booked + 12 <= capacity');
      if (seen <= 5) await db.em().execute('update control_events set capacity = 5');
    });
    expect(await readNumber(db, 'select capacity - booked from control_events')).toBeLessThan(0);
  });

  test.each<[string, (event: Event) => Promise<unknown>, object]>([
    ['closed', (event) => update(event, { status: 'CLOSED' }), { code: 'NOT_ON_SALE', message: 'Event is closed.' }],
    [
      'cancelled',
      ({ id }) => other.cancelEvent(id, 'The band is ill.'),
      { code: 'NOT_ON_SALE', message: 'Event is cancelled.' },
    ],
    ['shrunk', (event) => update(event, { capacity: 2 }), { code: 'SOLD_OUT', availableCount: 1 }],
    ['limited per booking', (event) => update(event, { maxPerBooking: 1 }), { code: 'LIMIT_REACHED' }],
    ['limited per user', (event) => update(event, { maxPerUser: 2 }), { message: 'At most 2 places per user.' }],
    ['over', (event) => update(event, { salesCloseAt: hoursFromNow(-1) }), { message: 'Sale is over.' }],
    [
      'yet to open',
      (event) => update(event, { salesOpenAt: hoursFromNow(1) }),
      { message: 'Sale has not started yet.' },
    ],
  ])(
    'is not sold by a desk that remembers it from before it was %s, which then knows why',
    async (_what, edit, why) => {
      const event = await eventWith();
      expect(tally([await book(event)])).toEqual({ booked: 1 });
      await edit(event);
      let answer: unknown;
      const sent = await statementsOf(office.container.db, async () => {
        answer = await book(event, 2);
      });
      expect(answer).toMatchObject({ kind: 'refused', ...why });
      // It believed what it remembered: the row said no to the first thing that it did.
      const firsts = sent.map(({ sql }) => /^\s*(insert into bookings|select)/.exec(sql)?.[1]).filter(Boolean);
      expect(firsts.slice(0, 2)).toEqual(['insert into bookings', 'select']);
      expect((await now(event)).bookedCount).toBe(1);
    },
  );

  test('is sold at once by a desk that remembers it as sold out, when it has grown', async () => {
    const event = await eventWith({ capacity: 1 });
    expect(tally([await book(event), await book(event)])).toEqual({ booked: 1, SOLD_OUT: 1 });
    await update(event, { capacity: 2 });
    expect(tally([await book(event)])).toEqual({ booked: 1 });
  });

  test('is shown with its new capacity at once to those who watch its numbers', async () => {
    const event = await eventWith();
    const watched = await office.container.liveUpdates.eventStats(event.id);
    await watched.next();
    await update(event, { capacity: 7 }, setup === 'embedded' ? office.container : other);
    // Long before everything that is watched is read again, just in case.
    const news = await within(5_000, watched.next());
    expect(news?.value).toMatchObject({ capacity: 7, edition: 2 });
    await watched.return();
  });

  test.each([null, 2_147_483_647])('is NOT_FOUND when there is none: %s', async (id) => {
    await expect(other.updateEvent(id, 1, {})).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(other.cancelEvent(id, 'rain')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
