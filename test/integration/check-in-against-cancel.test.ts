import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';
import { answerOf, redemptionOf } from '../support/check-ins.ts';
import { eventually } from '../support/eventually.ts';
import { readNumber, rush } from '../support/outcomes.ts';
import { SETUPS } from '../support/setups.ts';
import { sellTicket } from '../support/tickets.ts';

const ROUNDS = 30;

describe.each(SETUPS)('%s: a ticket that is scanned while its booking is cancelled', (setup) => {
  let office: BoxOffice;
  beforeAll(async () => {
    office = await openBoxOffice(setup);
  });
  afterAll(() => office.close());

  test('lets its holder in before that, or never', async () => {
    const { container } = office;
    const { id: eventId } = await container.createEvent({ title: 'Concert', capacity: 100 });
    const seen = new Set<string>();
    for (let round = 0; round < ROUNDS; round++) {
      const { id, code, bookingId } = await sellTicket(container, eventId);
      const check = async (deviceId: string) => container.checkIn({ eventId, code, deviceId, nonce: 'n' });
      const cancel = async () => {
        for (let turn = 0; turn < round % 6; turn++) await new Promise(setImmediate);
        return container.cancelBooking(bookingId);
      };
      const [outcome, cancelled] = await Promise.all([check('gate-1'), cancel()]);
      expect(cancelled.status).toBe('CANCELLED');
      const { redeemedByDevice } = await redemptionOf(container, id);
      expect([answerOf(outcome), redeemedByDevice]).toEqual(
        answerOf(outcome) === 'checked in' ? ['checked in', 'gate-1'] : ['CANCELLED', null],
      );
      expect(answerOf(await check('gate-2'))).toBe('CANCELLED');
      expect((await redemptionOf(container, id)).redeemedByDevice).toBe(redeemedByDevice);
      seen.add(answerOf(outcome));
    }
    expect(seen.size).toBeGreaterThan(0);
  });
});

describe('postgresql + redis: between the UPDATE of one and its commit', () => {
  let office: BoxOffice;
  let eventId: number;
  let held: {
    readonly point: string;
    readonly reached: PromiseWithResolvers<void>;
    readonly go: PromiseWithResolvers<void>;
  };
  beforeAll(async () => {
    const failpoints = async (point: string) => {
      if (point !== held?.point) return;
      held.reached.resolve();
      await held.go.promise;
    };
    office = await openBoxOffice('postgresql + redis', { overrides: { failpoints } });
    ({ id: eventId } = await office.container.createEvent({ title: 'Concert', capacity: 100 }));
  });
  afterEach(() => held.go.resolve());
  afterAll(() => office.close());

  /** Transactions of this name wait there, from now on. */
  function hold(name: string): void {
    held = { point: `${name}:before-commit`, reached: Promise.withResolvers(), go: Promise.withResolvers() };
  }

  /** Resolves when somebody waits for a row that is held. */
  async function somebodyWaits(): Promise<void> {
    const waiting = `select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    await eventually(async () => expect(await readNumber(office.container.db, waiting)).toBe(1));
  }

  test('of a cancellation, a scan waits for it, and lets nobody in', async () => {
    const { container } = office;
    const { id, code, bookingId } = await sellTicket(container, eventId);
    hold('CANCELLED');
    const cancelled = container.cancelBooking(bookingId);
    await held.reached.promise;
    const checked = container.checkIn({ eventId, code, deviceId: 'gate-1', nonce: 'n' });
    await somebodyWaits();
    held.go.resolve();
    expect([(await cancelled).status, answerOf(await checked)]).toEqual(['CANCELLED', 'CANCELLED']);
    expect((await redemptionOf(container, id)).redeemedAt).toBeNull();
  });

  test('(control) of a cancellation, whoever does not lock the booking lets somebody in with a cancelled ticket', async () => {
    const { container } = office;
    const { id, bookingId } = await sellTicket(container, eventId);
    hold('CANCELLED');
    const cancelled = container.cancelBooking(bookingId);
    await held.reached.promise;
    await container.db.em().execute(
      `update tickets set redeemed_at = now() where id = ? and redeemed_at is null
       and exists (select 1 from bookings where id = booking_id and status = 'FINALIZED')`,
      [id],
    );
    held.go.resolve();
    expect((await cancelled).status).toBe('CANCELLED');
    expect((await redemptionOf(container, id)).redeemedAt).not.toBeNull();
    await container.db.em().execute('update tickets set redeemed_at = null where id = ?', [id]);
  });

  test('of a scan, a cancellation waits for it, and comes after it', async () => {
    const { container } = office;
    const { id, code, bookingId } = await sellTicket(container, eventId);
    hold('check-in');
    const checked = container.checkIn({ eventId, code, deviceId: 'gate-1', nonce: 'n' });
    await held.reached.promise;
    const cancelled = container.cancelBooking(bookingId);
    await somebodyWaits();
    held.go.resolve();
    expect([answerOf(await checked), (await cancelled).status]).toEqual(['checked in', 'CANCELLED']);
    expect((await redemptionOf(container, id)).redeemedByDevice).toBe('gate-1');
  });

  test('of a scan, one of another ticket of that booking waits for nothing', async () => {
    const { container } = office;
    const { bookingId } = await sellTicket(container, eventId);
    await container.db
      .em()
      .execute("insert into tickets (booking_id, serial, code) values (?, 2, 'second')", [bookingId]);
    const [first] = await container.tickets.ofBookings([bookingId]);
    const holding = container.db.transaction('test', async (tx) => {
      await tx.execute('select 1 from bookings where id = ? for share', [bookingId]);
      const checkIns = await rush(2, (i) =>
        container.checkIn({ eventId, code: i ? 'second' : (first?.code ?? ''), deviceId: 'gate', nonce: `${i}` }),
      );
      return checkIns.map(answerOf);
    });
    expect(await holding).toEqual(['checked in', 'checked in']);
    await container.db.em().execute('update bookings set quantity = 2 where id = ?', [bookingId]);
    await container.db
      .em()
      .execute('update events set booked_count = booked_count + 1, finalized_count = finalized_count + 1');
  });
});
