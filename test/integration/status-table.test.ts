import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Booking, BookingSchema } from '../../src/bookings/booking.entity.ts';
import type { BookingStatus } from '../../src/bookings/booking-status.ts';
import { WaitingListEntrySchema } from '../../src/bookings/offers/waiting-list-entry.entity.ts';
import { transition } from '../../src/bookings/transition.ts';
import { finalizeGroup } from '../../src/finalization/finalize-group.ts';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';
import { untold } from '../support/offers.ts';
import { bookingOf, rush } from '../support/outcomes.ts';
import { joinMany } from '../support/waiting-list.ts';

const TARGETS = ['PENDING', 'FINALIZED', 'FAILED', 'CANCELLED', 'EXPIRED'] as const;
type Target = (typeof TARGETS)[number];

/** Written down here, not read from the code. */
const MAY_BECOME: Readonly<Record<BookingStatus, readonly Target[]>> = {
  HELD: ['PENDING', 'CANCELLED', 'EXPIRED'],
  PENDING: ['FINALIZED', 'FAILED', 'CANCELLED'],
  FINALIZED: ['CANCELLED'],
  FAILED: [],
  CANCELLED: [],
  EXPIRED: [],
};
const HOLDS_PLACES: readonly BookingStatus[] = ['HELD', 'PENDING', 'FINALIZED'];
/** The longest way of a hold is three moves; after the two of another booking a third one must find nothing left to do. */
const TRIES = 3;

/** Everything that can be tried with one booking, one after the other. */
function histories(tries: number): Target[][] {
  if (tries === 0) return [[]];
  return histories(tries - 1).flatMap((earlier) => TARGETS.map((to) => [...earlier, to]));
}

interface Expected {
  readonly id: number;
  readonly reference: string;
  readonly quantity: number;
  readonly tried: readonly Target[];
  status: BookingStatus;
  version: number;
  wasFinalized: boolean;
}

describe.each(['embedded', 'postgresql + redis'] as const)('%s: whatever is tried with a booking', (setup) => {
  let office: BoxOffice;
  beforeAll(async () => {
    office = await openBoxOffice(setup, { worker: false });
    vi.spyOn(office.container.services.queue, 'enqueue').mockResolvedValue();
  });
  afterAll(() => office.close());

  function tryToMove(bookings: readonly Expected[], to: Target): Promise<Booking[]> {
    const { db } = office.container;
    if (to !== 'FINALIZED')
      return transition(untold(db), { ids: bookings.map(({ id }) => id), to, at: new Date(), mails: false });
    const codesOf = ({ id, quantity }: Expected) => Array.from({ length: quantity }, (_, n) => `code ${id} ${n}`);
    const issued = bookings.map((booking) => {
      return { bookingId: booking.id, reference: booking.reference, codes: codesOf(booking) };
    });
    return finalizeGroup(untold(db), issued, { at: new Date(), mails: false });
  }

  async function rowsOf(eventId: number) {
    const rows = await office.container.db.em().find(BookingSchema, { eventId });
    return new Map(rows.map((row) => [row.id, row]));
  }

  test('it moves along the table only, its version grows with each move, and the event counts what it holds', async () => {
    const { container } = office;
    const { id: eventId } = await container.createEvent({ title: 'Concert', capacity: 1_000 });
    const all = histories(TRIES);
    const bookings: Expected[] = await rush(2 * all.length, async (n) => {
      const quantity = 1 + (n % 3);
      const holdSeconds = n < all.length ? null : 600;
      const wish = { eventId, userId: 'alice', quantity, holdSeconds };
      const { id, reference, status } = bookingOf(await container.bookTicket(wish));
      expect(status).toBe(holdSeconds === null ? 'PENDING' : 'HELD');
      const tried = all[n % all.length] ?? [];
      return { id, reference, quantity, tried, status, version: 1, wasFinalized: false };
    });
    const placesOf = (some: readonly Expected[]) => some.reduce((sum, { quantity }) => sum + quantity, 0);

    for (let step = 0; step < TRIES; step++) {
      for (const to of TARGETS) {
        const asked = bookings.filter(({ tried }) => tried[step] === to);
        const moving = asked.filter(({ status }) => MAY_BECOME[status].includes(to));
        const before = await container.events.find(eventId);
        const moved = await tryToMove(asked, to);
        for (const booking of moving) {
          booking.status = to;
          booking.version++;
          booking.wasFinalized ||= to === 'FINALIZED';
        }
        expect(moved.map(({ id }) => id).toSorted()).toEqual(moving.map(({ id }) => id).toSorted());
        const rows = await rowsOf(eventId);
        for (const { id, status, version, wasFinalized } of bookings) {
          expect(rows.get(id)).toMatchObject({ status, version });
          expect(rows.get(id)?.finalizedAt != null).toBe(wasFinalized);
        }
        expect(await container.events.find(eventId)).toMatchObject({
          bookedCount: placesOf(bookings.filter(({ status }) => HOLDS_PLACES.includes(status))),
          heldCount: placesOf(bookings.filter(({ status }) => status === 'HELD')),
          finalizedCount: placesOf(bookings.filter(({ status }) => status === 'FINALIZED')),
          version: (before?.version ?? 0) + (moving.length > 0 ? 1 : 0),
        });
      }
    }
  });

  test('the entry of an offer becomes what its hold has become first, and stays so', async () => {
    const { container } = office;
    const all = histories(TRIES);
    const { id: eventId } = await container.createEvent({ title: 'Concert', capacity: 1 });
    bookingOf(await container.bookTicket({ eventId, userId: 'alice' }));
    const entryIds = await joinMany(container, eventId, all.length);
    await container.updateEvent(eventId, 1, { capacity: 1 + all.length });
    const offers = new Map(
      (await container.waitingList.offers(entryIds)).map((offer) => [offer.waitingListEntryId, offer]),
    );
    const expected = entryIds.map((entryId, n) => {
      const { id, reference, quantity } = offers.get(entryId) as Booking;
      const tried = all[n] ?? [];
      return {
        id,
        reference,
        quantity,
        tried,
        status: 'HELD' as BookingStatus,
        version: 1,
        wasFinalized: false,
        entryId,
      };
    });
    const entryBecomes = { PENDING: 'CONVERTED', EXPIRED: 'LAPSED', CANCELLED: 'LEFT' } as const;
    const entryStatus = new Map(expected.map(({ entryId }) => [entryId, { status: 'OFFERED', version: 2 }]));
    for (let step = 0; step < TRIES; step++) {
      for (const to of TARGETS) {
        const asked = expected.filter(({ tried }) => tried[step] === to);
        await tryToMove(asked, to);
        for (const offer of asked.filter(({ status }) => MAY_BECOME[status].includes(to))) {
          const became = offer.status === 'HELD' && entryBecomes[to as keyof typeof entryBecomes];
          if (became) entryStatus.set(offer.entryId, { status: became, version: 3 });
          offer.status = to;
        }
      }
      for (const { id, status, version } of await container.db.em().find(WaitingListEntrySchema, { eventId })) {
        expect({ status, version }).toEqual(entryStatus.get(id));
      }
    }
  });

  test('what failed keeps the reason, and one whose reference is another stays as it is', async () => {
    const { db, createEvent, bookTicket, bookings } = office.container;
    const { id: eventId } = await createEvent({ title: 'Concert', capacity: 10 });
    const [ours, other] = [
      bookingOf(await bookTicket({ eventId, userId: 'alice' })),
      bookingOf(await bookTicket({ eventId, userId: 'bob' })),
    ];
    const move = {
      ids: [ours.id, other.id],
      references: [ours.reference],
      to: 'FAILED',
      at: new Date(),
      mails: false,
    } as const;
    const moved = await transition(untold(db), { ...move, failureReason: 'no ticket' });
    expect(moved).toMatchObject([{ id: ours.id, status: 'FAILED', failureReason: 'no ticket' }]);
    expect(await bookings.find(ours.id)).toMatchObject({ failureReason: 'no ticket' });
    expect(await bookings.find(other.id)).toMatchObject({ status: 'PENDING', version: 1 });
  });
});
