import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Container, createContainer } from '../../src/container.ts';
import { BookingsAtWork } from '../../src/finalization/bookings-at-work.ts';
import { FinalizeBooking } from '../../src/finalization/finalize-booking.ts';
import { claimDue, type PendingBooking } from '../../src/finalization/pending-bookings.ts';
import { RepeatedTrouble } from '../../src/platform/repeated-trouble.ts';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';
import { eventually } from '../support/eventually.ts';
import { GatedIssuer } from '../support/gated-issuer.ts';
import { bookingOf, everybodyReadsFirst, rush } from '../support/outcomes.ts';

const BOOKINGS = 1_000;
const WORKERS = 3;

describe.each(['sqlite + redis', 'postgresql + redis'] as const)(
  '%s: workers before a thousand due bookings',
  (setup) => {
    let office: BoxOffice;
    let eventId: number;
    const issuer = new GatedIssuer();
    beforeEach(async () => {
      issuer.asked.length = 0;
      const env = { SWEEP_INTERVAL_MS: '600000', LOG_LEVEL: 'fatal' };
      office = await openBoxOffice(setup, { worker: false, env, overrides: { issuer } });
      vi.spyOn(office.container.services.queue, 'enqueue').mockResolvedValue();
      ({ id: eventId } = await office.container.createEvent({ title: 'Concert', capacity: BOOKINGS }));
      await rush(BOOKINGS, async () => bookingOf(await office.container.bookTicket({ eventId, userId: 'alice' })));
    });
    afterEach(async () => {
      vi.restoreAllMocks();
      await office.close();
    });
    const allFinalized = () =>
      eventually(
        async () => expect(await office.container.events.find(eventId)).toMatchObject({ finalizedCount: BOOKINGS }),
        { timeoutMs: 30_000 },
      );
    const swept = async ({ metrics }: Container) => (await metrics.bookingsSwept.get()).values[0]?.value ?? 0;

    test('share them: each booking is issued once, and every worker has its part', async () => {
      const others = await rush(WORKERS - 1, () => createContainer(office.container.config, { issuer }));
      const workers = [office.container, ...others];
      try {
        for (const worker of workers) worker.startWorker();
        await allFinalized();
        expect(issuer.asked).toHaveLength(BOOKINGS);
        expect(new Set(issuer.asked).size).toBe(BOOKINGS);
        const shares = await Promise.all(workers.map(swept));
        expect(shares.reduce((sum, share) => sum + share, 0)).toBe(BOOKINGS);
        expect(Math.min(...shares)).toBeGreaterThan(0);
      } finally {
        await Promise.all(others.map((other) => other.close()));
      }
    });

    test('(control) issue each of them several times when they read what is due without claiming it', async () => {
      const { db, log, metrics, tracing } = office.container;
      const read = () =>
        db.em().execute<PendingBooking[]>(
          `select id as "bookingId", event_id as "eventId", reference, quantity, attempts from bookings
         where status = 'PENDING' order by id`,
        );
      await everybodyReadsFirst(WORKERS, read, async (seen) => {
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
          atWork: new BookingsAtWork(BOOKINGS),
          maxAttempts: 1,
          retryDelayMs: 1,
          retryIn: () => undefined,
        });
        await Promise.all(seen.map((booking) => finalizeBooking.swept(booking)));
      });
      await allFinalized();
      expect(issuer.asked).toHaveLength(WORKERS * BOOKINGS);
    });
  },
);

test('postgresql: a worker takes what is due beside a row that somebody holds, without waiting for it', async () => {
  const office = await openBoxOffice('postgresql + redis', { worker: false });
  try {
    const { container } = office;
    vi.spyOn(container.services.queue, 'enqueue').mockResolvedValue();
    const { id: eventId } = await container.createEvent({ title: 'Concert', capacity: 10 });
    const made = await rush(5, async () => bookingOf(await container.bookTicket({ eventId, userId: 'alice' })));
    const ids = made.map(({ id }) => id).toSorted((a, b) => a - b);
    const claim = () => claimDue(container.db, { after: 0, limit: 10, ageMs: 0, except: [] });
    const claimed = await container.db.transaction('somebody', async (tx) => {
      await tx.execute('update bookings set updated_at = updated_at where id = ?', [ids[1]]);
      return claim();
    });
    expect(claimed.map(({ bookingId }) => bookingId)).toEqual([ids[0], ids[2], ids[3], ids[4]]);
    expect((await claim()).map(({ bookingId }) => bookingId)).toEqual([ids[1]]);
  } finally {
    await office.close();
  }
});
