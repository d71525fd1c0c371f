import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verify } from '../../src/audit/verify.ts';
import type { Booking } from '../../src/bookings/booking.entity.ts';
import { noteBookingsCancelled } from '../../src/cancellation/cancelled-events.ts';
import { type Container, createContainer } from '../../src/container.ts';
import { readDoorTickets, writeRedemptions } from '../../src/door/door-store.ts';
import { judgeScans } from '../../src/door/judge-scans.ts';
import type { Event } from '../../src/events/event.entity.ts';
import { finalizeGroup } from '../../src/finalization/finalize-group.ts';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';
import { answerOf, redemptionOf } from '../support/check-ins.ts';
import { eventually } from '../support/eventually.ts';
import { GatedIssuer } from '../support/gated-issuer.ts';
import { untold } from '../support/offers.ts';
import { bookingOf, everybodyReadsFirst, readNumber, rush, tally } from '../support/outcomes.ts';
import { SETUPS } from '../support/setups.ts';
import { sellTicket, ticketsOf } from '../support/tickets.ts';

const REASON = 'The band is ill.';

describe.each(SETUPS)('%s: an event that is cancelled', (setup) => {
  const issuer = new GatedIssuer();
  let office: BoxOffice;
  /** Another process over the same database. */
  let other: Container;
  const owed: Booking[] = [];
  beforeAll(async () => {
    // In embedded mode no process tells another.
    const env = { SWEEP_INTERVAL_MS: '50' };
    office = await openBoxOffice(setup, { overrides: { issuer }, worker: false, env });
    other = await createContainer(office.container.config, { issuer });
  });
  afterAll(async () => {
    await other.close();
    await office.close();
  });

  const createEvent = () => office.container.createEvent({ title: 'Concert', capacity: 1_000 });
  const eventOf = async (id: number) => (await other.events.find(id)) as Event;
  const statusesOf = async (bookings: readonly Booking[]) => {
    const rows = await other.bookings.findMany(bookings.map(({ id }) => id));
    return [...new Set(rows.map(({ status }) => status))];
  };
  const untilDone = (id: number) =>
    eventually(async () => {
      const event = await eventOf(id);
      expect(event.bookingsCancelledAt).toBeInstanceOf(Date);
      return event;
    });
  const book = (eventId: number, userId = 'alice', container = other) => container.bookTicket({ eventId, userId });

  describe('before a worker takes that up,', () => {
    /** As by a worker that cancels nothing. */
    const finalize = async ({ id, reference }: Booking) => {
      const codes = [`${setup}-${reference}`];
      await finalizeGroup(untold(other.db), [{ bookingId: id, reference, codes }], { at: new Date(), mails: false });
    };
    const sell = async (eventId: number) => {
      const booking = bookingOf(await book(eventId));
      owed.push(booking);
      await finalize(booking);
      return (await ticketsOf(other, booking.id))[0] as { id: number; code: string };
    };
    const redeem = async ({ code }: { code: string }, eventId: number, meanwhile: () => Promise<unknown>) => {
      const known = await readDoorTickets(other.db, [code]);
      const scan = { code, deviceId: 'gate-1', nonce: code, at: new Date(), offline: false, forAnotherEvent: false };
      const { redemptions } = judgeScans(eventId, [scan], known);
      await meanwhile();
      return (await writeRedemptions(other.db, eventId, redemptions)).size;
    };

    test('sells nothing, keeps the reason that it was given first, and takes no edit', async () => {
      const { id } = await createEvent();
      owed.push(bookingOf(await book(id)));
      const first = await other.cancelEvent(id, REASON);
      expect(first).toMatchObject({ status: 'CANCELLED', cancellationReason: REASON, edition: 2 });
      expect(tally([await book(id), await book(id, 'bob', office.container)])).toEqual({ NOT_ON_SALE: 2 });
      expect(await office.container.cancelEvent(id, 'rain')).toMatchObject({ cancellationReason: REASON, edition: 2 });
      for (const version of [1, 2]) {
        const refused = await other.updateEvent(id, version, { status: 'ON_SALE' });
        expect(refused).toMatchObject({ code: 'EVENT_CANCELLED', event: { edition: 2 } });
      }
      await expect(other.cancelEvent(id, ' ')).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    });

    test('may have bookings that become final still', async () => {
      const { id } = await createEvent();
      const late = bookingOf(await book(id));
      await other.cancelEvent(id, REASON);
      await finalize(late);
      expect(await statusesOf([late])).toEqual(['FINALIZED']);
      expect(await noteBookingsCancelled(other.db, id, new Date())).toBe(false);
      owed.push(late);
    });

    test('lets nobody in any more, and whoever was in before is', async () => {
      const { id: eventId } = await createEvent();
      const [before, after] = [await sell(eventId), await sell(eventId)];
      const check = ({ code }: { code: string }) =>
        other.checkIn({ eventId, code, deviceId: 'gate-1', nonce: code }).then(answerOf);
      expect(await check(before)).toBe('checked in');
      await other.cancelEvent(eventId, REASON);
      expect([await check(after), await check(before)]).toEqual(['CANCELLED', 'replayed']);
    });

    test('lets nobody in whose ticket was looked at before', async () => {
      const { id: eventId } = await createEvent();
      const [first, second] = [await sell(eventId), await sell(eventId)];
      expect(await redeem(first, eventId, async () => undefined)).toBe(1);
      expect(await redeem(second, eventId, () => other.cancelEvent(eventId, REASON))).toBe(0);
      expect((await redemptionOf(other, second.id)).redeemedAt).toBeNull();
      expect(await readNumber(other.db, `select redeemed_count from events where id = ${eventId}`)).toBe(1);
    });
  });

  describe('once a worker runs,', () => {
    beforeAll(() => {
      office.container.startWorker();
      // Both are at it then. In embedded mode nobody who watches in this process would hear of what the other one does.
      if (setup !== 'embedded') other.startWorker();
    });

    test('has none of its bookings left, also of those that became final meanwhile; their redeemed tickets stay', async () => {
      for (const id of new Set(owed.map(({ eventId }) => eventId))) {
        expect(await untilDone(id)).toMatchObject({ bookedCount: 0, finalizedCount: 0 });
      }
      expect(await statusesOf(owed)).toEqual(['CANCELLED']);
      expect(await readNumber(other.db, 'select count(*) from tickets where redeemed_at is not null')).toBe(2);
    });

    test('has no booking from that moment on, and none is left of those before, whoever sells meanwhile', async () => {
      const { id } = await createEvent();
      const processes = [office.container, other];
      const turns = async (count: number) => {
        for (let turn = 0; turn < count; turn++) await new Promise(setImmediate);
      };
      const [outcomes] = await Promise.all([
        rush(60, async (i) => {
          await turns(i);
          return book(id, `buyer-${i}`, processes[i % 2]);
        }),
        turns(20).then(() => other.cancelEvent(id, REASON)),
      ]);
      const { booked = 0, NOT_ON_SALE = 0, ...others } = tally(outcomes);
      expect([booked + NOT_ON_SALE, others]).toEqual([60, {}]);
      expect(await untilDone(id)).toMatchObject({ bookedCount: 0, finalizedCount: 0, status: 'CANCELLED' });
      const made = outcomes.filter(({ kind }) => kind === 'booked').map(bookingOf);
      expect(await statusesOf(made)).toEqual(made.length > 0 ? ['CANCELLED'] : []);
    });

    test('(control) is sold to whoever looks first and books then, and verify finds that', async () => {
      const { id } = await createEvent();
      const run = (sql: string) => other.db.em().execute(sql);
      const lookAndBeLate = async () => {
        const { status } = await eventOf(id);
        await other.cancelEvent(id, REASON);
        await untilDone(id);
        return status;
      };
      await everybodyReadsFirst(1, lookAndBeLate, async (seen) => {
        if (seen !== 'ON_SALE') return;
        await run(`insert into bookings (reference, event_id, user_id, quantity, status, fingerprint, version, created_at, updated_at)
          select 'naive', id, 'alice', 1, 'PENDING', '', 1, created_at, created_at from events where id = ${id}`);
        await run(`update events set booked_count = booked_count + 1 where id = ${id}`);
      });
      const promise = 'a cancelled event has no booking that holds places once the worker is done with it';
      expect(await verify(other.db)).toEqual([{ promise, rows: [`event ${id}`] }]);
      await run(`update events set booked_count = 0 where id = ${id}`);
      await run("delete from bookings where reference = 'naive'");
    });

    test('has no booking that becomes final after it was cancelled with the event', async () => {
      const { id } = await createEvent();
      issuer.close();
      const booking = bookingOf(await book(id, 'alice', office.container));
      await eventually(() => expect(issuer.asked).toContain(booking.reference));
      await other.cancelEvent(id, REASON);
      await untilDone(id);
      issuer.open();
      // Its turn comes after that of the booking above.
      await sellTicket(office.container, (await createEvent()).id);
      expect(await other.bookings.find(booking.id)).toMatchObject({ status: 'CANCELLED', version: 2 });
      expect(await other.tickets.ofBookings([booking.id])).toEqual([]);
    });

    test('is seen by all who watch it: a booking, all of them, and the numbers', async () => {
      const { id } = await createEvent();
      issuer.close();
      const booking = bookingOf(await book(id, 'alice', office.container));
      const { liveUpdates } = office.container;
      const status = await liveUpdates.bookingStatus(booking.id);
      const all = await liveUpdates.eventBookings(id);
      const numbers = await liveUpdates.eventStats(id);
      await (setup === 'embedded' ? office.container : other).cancelEvent(id, REASON);
      const seen: string[] = [];
      for await (const one of status) seen.push(one.status);
      expect(seen).toEqual(['PENDING', 'CANCELLED']);
      expect((await all.next()).value).toMatchObject({ id: booking.id, status: 'CANCELLED' });
      for await (const { bookedCount } of numbers) if (bookedCount === 0) break;
      await all.return();
      issuer.open();
    });
  });
});
