import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verify } from '../../src/audit/verify.ts';
import { type Booking, BookingSchema } from '../../src/bookings/booking.entity.ts';
import type { FinalizationHandler } from '../../src/bookings/finalization-job.ts';
import { type WaitingListEntry, WaitingListEntrySchema } from '../../src/bookings/offers/waiting-list-entry.entity.ts';
import type { Event } from '../../src/events/event.entity.ts';
import { BookingsAtWork } from '../../src/finalization/bookings-at-work.ts';
import { FinalizeBooking } from '../../src/finalization/finalize-booking.ts';
import { RepeatedTrouble } from '../../src/platform/repeated-trouble.ts';
import { SimulatedTicketIssuer, type TicketIssuer } from '../../src/tickets/issue-tickets.ts';
import { placesOf } from '../support/booking-promises.ts';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';
import { letEnd } from '../support/holds.ts';
import {
  type Batch,
  type Breakdown,
  batch,
  checkAnswers,
  checkKeys,
  checkMoved,
  checkOrder,
  checkRefusals,
  type Ended,
  holding,
  limits,
  type Move,
  type Tried,
  type Wish,
} from './event-desk-checks.ts';
import { asked, checkJoins, checkOffers, checkTurns, hasList, type Joined, somebodyFits } from './event-desk-list.ts';
import type { Join, Leave } from './event-desk-list-wishes.ts';

const MAX_GROUP = '4';
const maxSearchMs = 12_000;

describe.each([
  ['embedded', 30],
  ['postgresql + redis', 15],
] as const)('%s: the event desk', (setup, numRuns) => {
  let office: BoxOffice;
  let finalize: FinalizationHandler;
  let fail: FinalizationHandler;
  let broken: Breakdown | null = null;

  beforeAll(async () => {
    office = await openBoxOffice(setup, {
      worker: false,
      env: { BOOKING_MAX_GROUP: MAX_GROUP, BOOKING_MAX_WAIT_MS: '60000', LOG_LEVEL: 'silent' },
      overrides: { failpoints: breakWhereAsked },
    });
    const { db, log, metrics, tracing } = office.container;
    const workerWith = (issuer: TicketIssuer): FinalizationHandler => {
      const finalizeBooking = new FinalizeBooking({
        db,
        metrics,
        tracing,
        issuer,
        announce: () => undefined,
        offered: () => undefined,
        now: () => new Date(),
        mails: false,
        trouble: new RepeatedTrouble(log),
        databaseTrouble: new RepeatedTrouble(log),
        onRefused: () => undefined,
        atWork: new BookingsAtWork(100),
        maxAttempts: 1,
        retryDelayMs: 1,
        retryIn: () => undefined,
      });
      return (job) => finalizeBooking.fresh(job);
    };
    finalize = workerWith(new SimulatedTicketIssuer(0));
    fail = workerWith({ issue: () => Promise.reject(new Error('no tickets')) });
  });
  afterAll(() => office.close());

  function breakWhereAsked(point: string): void {
    if (point !== broken?.point || broken.skip-- > 0 || broken.times-- <= 0) return;
    throw Object.assign(new Error('Connection terminated unexpectedly'), { code: 'ECONNRESET' });
  }

  test('holds against a simple model, whatever comes at once and whatever breaks', async () => {
    await fc.assert(
      fc.asyncProperty(fc.tuple(limits, limits), fc.array(batch, { minLength: 1, maxLength: 6 }), playAll),
      { numRuns, interruptAfterTimeLimit: maxSearchMs },
    );
  });

  async function playAll(ofEvents: readonly object[], batches: readonly Batch[]): Promise<void> {
    const { container } = office;
    // Smaller counterexamples are looked for in the same database.
    const findingsOfEarlierRuns = await verify(container.db);
    const events: Event[] = [];
    for (const more of ofEvents) {
      events.push(await container.createEvent({ title: 'Concert', capacity: 1, ...more }));
    }
    const eventIds = events.map(({ id }) => id);
    let known = new Map<number, Booking>();
    const over = new Set<number>();
    let entriesBefore = new Map<number, WaitingListEntry>();
    for (const { wishes, moves, breakdown, lapses, joins, leaves } of batches) {
      for (const id of await lapse([...known.values()], lapses)) over.add(id);
      broken = breakdown && { ...breakdown };
      const [tried, moved, joined, left] = await Promise.all([
        Promise.all(wishes.map((each) => tryToBook(events, each))),
        Promise.all(moves.map((each) => tryToMove([...known.values()], each))),
        Promise.all(joins.map((each) => tryToJoin(events, each))),
        Promise.all(leaves.map((each) => tryToLeave([...entriesBefore.values()], each))),
      ]);
      broken = null;
      const ends = [...moved, ...left];
      const [rows, entries] = await readAll(eventIds);
      const now = new Map(rows.map((row) => [row.id, row]));
      const made = rows.filter(({ id }) => !known.has(id));

      for (const before of known.values()) checkMoved(before, now.get(before.id), ends, over.has(before.id));
      checkAnswers(tried, asked(made), now, breakdown?.times === 2);
      checkKeys(tried, rows, known);
      for (const event of events) {
        await checkCounters(event, rows);
        checkRefusals(event, tried, [...known.values()], rows, over);
        const here = <T extends { eventId: number }>(all: readonly T[]) =>
          all.filter(({ eventId }) => eventId === event.id);
        const list = { event, before: entriesBefore, entries: here(entries), rows: here(rows), made: here(made) };
        checkOffers(list);
        checkTurns(list);
        checkJoins(list, here(joined));
        if (setup === 'embedded') expect(somebodyFits(list)).toBe(false);
      }
      if (moves.length === 0 && !hasList([...entriesBefore.values()], joined)) checkOrder(events, tried, known, over);
      expect(await verify(container.db)).toEqual(findingsOfEarlierRuns);
      known = now;
      entriesBefore = new Map(entries.map((entry) => [entry.id, entry]));
    }
  }

  async function tryToBook(events: readonly Event[], { event, ...asked }: Wish): Promise<Tried> {
    const eventId = events[event]?.id as number;
    // A key is its user's, whatever the event, so each run has users of its own.
    const wish = { ...asked, eventId, userId: `${asked.userId} of run ${events[0]?.id}` };
    const failed = (error: unknown) => ({ kind: 'failed', error }) as const;
    return { ...wish, answer: await office.container.bookTicket(wish).catch(failed) };
  }

  async function tryToJoin(events: readonly Event[], { event, turns, ...wish }: Join): Promise<Joined> {
    const eventId = events[event]?.id as number;
    const waiting = { ...wish, eventId, userId: `${wish.userId} of run ${events[0]?.id}` };
    for (let turn = 0; turn < turns; turn++) await setImmediate();
    return { ...waiting, outcome: await office.container.joinWaitingList(waiting) };
  }

  /** @returns the offer that was given back by this */
  async function tryToLeave(entries: readonly WaitingListEntry[], { entry, turns }: Leave): Promise<Ended | null> {
    const target = entries[entry % entries.length];
    if (!target) return null;
    for (let turn = 0; turn < turns; turn++) await setImmediate();
    const { leaveWaitingList, waitingList } = office.container;
    const { id, status } = await leaveWaitingList(target.id);
    expect(['CONVERTED', 'LAPSED', 'LEFT']).toContain(status);
    const [offer] = await waitingList.offers([id]);
    return offer?.status === 'CANCELLED' ? { id: offer.id, to: 'CANCELLED', answer: 'CANCELLED' } : null;
  }

  async function readAll(eventIds: readonly number[]) {
    const of = { eventId: { $in: [...eventIds] } };
    const { db } = office.container;
    return Promise.all([
      db.em().find(BookingSchema, of, { orderBy: { id: 'asc' } }),
      db.em().find(WaitingListEntrySchema, of, { orderBy: { id: 'asc' } }),
    ]);
  }

  /** @returns the ids of the holds whose time is over by this */
  async function lapse(bookings: readonly Booking[], lapses: readonly number[]): Promise<number[]> {
    const held = bookings.filter(({ status }) => status === 'HELD');
    const ids = held.length === 0 ? [] : lapses.map((n) => held[n % held.length]?.id as number);
    if (ids.length > 0) await letEnd(office.container.db, -1, `id in (${ids})`);
    return ids;
  }

  async function tryToMove(bookings: readonly Booking[], { booking, to, turns }: Move): Promise<Ended | null> {
    const target = bookings[booking % bookings.length];
    if (!target) return null;
    for (let turn = 0; turn < turns; turn++) await setImmediate();
    const { id, reference } = target;
    const job = { bookingId: id, reference };
    const code = (error: { code: string }) => error.code;
    if (to === 'PENDING') {
      const outcome = await office.container.confirmBooking(id, {});
      return { id, to, answer: outcome.kind === 'booked' ? outcome.booking.status : outcome.code };
    }
    if (to === 'FINALIZED') await finalize(job);
    else if (to === 'FAILED') await fail(job);
    else {
      return { id, to, answer: await office.container.cancelBooking(id).then(({ status }) => status, code) };
    }
    return { id, to, answer: null };
  }

  async function checkCounters({ id, capacity }: Event, rows: readonly Booking[]): Promise<void> {
    const held = holding(rows.filter(({ eventId }) => eventId === id));
    const booked = placesOf(held);
    expect(await office.container.events.find(id)).toMatchObject({
      bookedCount: booked,
      heldCount: placesOf(held.filter(({ status }) => status === 'HELD')),
      finalizedCount: placesOf(held.filter(({ status }) => status === 'FINALIZED')),
    });
    expect(booked).toBeLessThanOrEqual(capacity);
  }
});
