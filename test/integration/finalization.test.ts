import { afterEach, describe, expect, test, vi } from 'vitest';
import type { FinalizationHandler } from '../../src/bookings/finalization-job.ts';
import { createContainer } from '../../src/container.ts';
import { finalizeGroup, noteIssuerFailures } from '../../src/finalization/finalize-group.ts';
import { makeAllDue } from '../../src/finalization/pending-bookings.ts';
import { type BoxOffice, type BoxOfficeOptions, openBoxOffice } from '../support/box-office.ts';
import { eventually } from '../support/eventually.ts';
import { GatedIssuer } from '../support/gated-issuer.ts';
import { finalizationFailures } from '../support/metrics.ts';
import { untold } from '../support/offers.ts';
import { bookingOf, rush } from '../support/outcomes.ts';
import { SETUPS } from '../support/setups.ts';

/** Nothing but the fast way and known times bring a booking along. */
const NEVER_BY_THE_CLOCK = { SWEEP_INTERVAL_MS: '600000', SWEEP_AGE_MS: '600000' };

describe.each(SETUPS)('%s: finalization', (setup) => {
  let office: BoxOffice;
  afterEach(async () => {
    vi.restoreAllMocks();
    await office.close();
  });

  async function open(options: BoxOfficeOptions = {}, capacity = 100) {
    const env = { FINALIZE_RETRY_DELAY_MS: '5', FINALIZE_ATTEMPTS: '3', LOG_LEVEL: 'fatal', ...options.env };
    office = await openBoxOffice(setup, { ...options, env });
    return office.container.createEvent({ title: 'Concert', capacity });
  }
  const book = async (eventId: number, quantity = 1) =>
    bookingOf(await office.container.bookTicket({ eventId, userId: 'alice', quantity }));
  const becomes = (id: number, status: string) =>
    eventually(async () => expect((await office.container.bookings.find(id))?.status).toBe(status), {
      timeoutMs: 15_000,
    });
  async function attemptsOf(id: number): Promise<number | undefined> {
    const rows = await office.container.db
      .em()
      .execute<{ attempts: number }[]>('select attempts from bookings where id = ?', [id]);
    return rows[0]?.attempts;
  }
  /** Starts the worker. @returns what it gives to the queue */
  function startWorkerWithHandler(): FinalizationHandler {
    const process = vi.spyOn(office.container.services.queue, 'process');
    office.container.startWorker();
    return process.mock.calls[0]?.[0] as FinalizationHandler;
  }

  test('gives a booking one ticket per place, each with a code of its own, and none before', async () => {
    const issuer = new GatedIssuer();
    issuer.close();
    const { id: eventId } = await open({ overrides: { issuer }, env: NEVER_BY_THE_CLOCK });
    const bookings = [await book(eventId, 1), await book(eventId, 4), await book(eventId, 10)];
    const ids = bookings.map(({ id }) => id);
    await eventually(() => expect(issuer.asked.length).toBeGreaterThanOrEqual(3));
    expect(await office.container.tickets.ofBookings(ids)).toEqual([]);
    issuer.open();
    for (const id of ids) await becomes(id, 'FINALIZED');
    const tickets = await office.container.tickets.ofBookings(ids);
    expect(new Set(tickets.map(({ code }) => code)).size).toBe(15);
    for (const { id, quantity } of bookings) {
      const serials = tickets.filter(({ bookingId }) => bookingId === id).map(({ serial }) => serial);
      expect(serials).toEqual(Array.from({ length: quantity }, (_, i) => i + 1));
    }
    expect(await office.container.bookings.find(ids[0] ?? 0)).toMatchObject({ version: 2, failureReason: null });
    expect(await finalizationFailures(office.container)).toEqual({ issuer: 0, database: 0 });
  });

  test('tries again until the tickets are issued, each time when that is due and not at the next sweep', async () => {
    const issuer = new GatedIssuer();
    issuer.failNext(2);
    const { id: eventId } = await open({ overrides: { issuer }, env: NEVER_BY_THE_CLOCK });
    const { id, reference } = await book(eventId);
    await becomes(id, 'FINALIZED');
    expect(issuer.asked).toEqual([reference, reference, reference]);
    expect(await attemptsOf(id)).toBe(2);
    const { bookingsSwept } = office.container.metrics;
    expect(await finalizationFailures(office.container)).toEqual({ issuer: 2, database: 0 });
    // One more when the first look came late enough to see it.
    expect((await bookingsSwept.get()).values[0]?.value).toBeGreaterThanOrEqual(2);
  });

  test('waits before it tries again: half to all of the delay, which doubles, by the clock of the database', async () => {
    const issuer = new GatedIssuer();
    issuer.failNext(9);
    const env = { FINALIZE_RETRY_DELAY_MS: '7000', FINALIZE_ATTEMPTS: '10', SWEEP_INTERVAL_MS: '50' };
    const { id: eventId } = await open({ overrides: { issuer }, env });
    const bookings = await rush(3, () => book(eventId));
    const { db } = office.container;
    const waitsAfter = (attempts: number) =>
      eventually(async () => {
        const clock = db.kind === 'sqlite' ? "unixepoch('subsec') * 1000" : 'now()';
        const rows = await db
          .em()
          .execute<{ due: Date | number; now: Date | number }[]>(
            `select due_at as due, ${clock} as now from bookings where attempts = ${attempts}`,
          );
        expect(rows).toHaveLength(bookings.length);
        return rows.map(({ due, now }) => new Date(due).getTime() - new Date(now).getTime());
      });
    const expectBetween = (waits: readonly number[], above: number, upTo: number) => {
      for (const ms of waits) expect([ms > above, ms <= upTo]).toEqual([true, true]);
      expect(new Set(waits).size).toBe(waits.length);
    };
    expectBetween(await waitsAfter(1), 1_000, 7_000);
    for (const attempts of [2, 3]) {
      await makeAllDue(db);
      await waitsAfter(attempts);
    }
    // The third one is four times as long; what is not random of it is more than the first could be.
    expectBetween(await waitsAfter(3), 7_000, 28_000);
    for (const { id } of bookings) await office.container.cancelBooking(id);
  });

  test('gives up after the last attempt: FAILED, with a reason for people, and the places are free again', async () => {
    const issuer = new GatedIssuer();
    issuer.failNext(3);
    const { id: eventId } = await open({ overrides: { issuer } }, 2);
    const error = vi.spyOn(office.container.log, 'error');
    const { id } = await book(eventId, 2);
    await becomes(id, 'FAILED');
    await eventually(() =>
      expect(error.mock.calls).toEqual([
        [{ err: expect.any(Error), bookingId: id, times: 1 }, 'a booking could not be finalized and is FAILED'],
      ]),
    );
    const failed = await office.container.bookings.find(id);
    expect(failed).toMatchObject({ version: 2, finalizedAt: null, failureReason: 'The tickets could not be issued.' });
    expect(issuer.asked).toHaveLength(3);
    expect(await office.container.events.find(eventId)).toMatchObject({ bookedCount: 0, finalizedCount: 0 });
    await becomes((await book(eventId, 2)).id, 'FINALIZED');
  });

  test.each([
    ['before', 0, 'PENDING'],
    ['after', 1, 'FAILED'],
  ])(
    'counts the last failure and fails the booking in one transaction: when the connection breaks %s its commit, neither is there without the other',
    async (when, attempts, status) => {
      const issuer = new GatedIssuer();
      let broken = 0;
      const failpoints = (point: string) => {
        if (point !== `issuer-failure:${when}-commit` || broken++ > 0) return;
        throw Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
      };
      const env = { ...NEVER_BY_THE_CLOCK, FINALIZE_ATTEMPTS: '1' };
      const { id: eventId } = await open({ overrides: { issuer, failpoints }, env }, 2);
      issuer.failNext(2);
      const { id } = await book(eventId, 2);
      await eventually(() => broken === 1);
      expect([await attemptsOf(id), (await office.container.bookings.find(id))?.status]).toEqual([attempts, status]);
      await makeAllDue(office.container.db);
      const next = await createContainer(office.container.config, { issuer });
      try {
        next.startWorker();
        await becomes(id, 'FAILED');
        expect(await attemptsOf(id)).toBe(1);
        expect(await office.container.events.find(eventId)).toMatchObject({ bookedCount: 0 });
      } finally {
        await next.close();
      }
    },
  );

  test('takes too few codes for a failure of the issuer: it asks again, and never finalizes with fewer tickets than places', async () => {
    const issuer = new GatedIssuer();
    const tooFew = (codes: string[]) => codes.slice(1);
    issuer.spoilNext(2, tooFew);
    const { id: eventId } = await open({ overrides: { issuer } });
    const { id } = await book(eventId, 3);
    await becomes(id, 'FINALIZED');
    expect(await attemptsOf(id)).toBe(2);
    expect(await office.container.tickets.ofBookings([id])).toHaveLength(3);

    issuer.spoilNext(3, tooFew);
    const failing = await book(eventId, 3);
    await becomes(failing.id, 'FAILED');
    expect(await office.container.tickets.ofBookings([failing.id])).toEqual([]);
  });

  test('does not count it as an attempt when the connection breaks, before the commit or after it', async () => {
    const breaks = ['FINALIZED:before-commit', 'FINALIZED:after-commit'];
    const failpoints = (point: string) => {
      if (point !== breaks[0]) return;
      breaks.shift();
      throw Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
    };
    const env = { FINALIZE_ATTEMPTS: '1', SWEEP_INTERVAL_MS: '50', SWEEP_AGE_MS: '500' };
    const { id: eventId } = await open({ overrides: { failpoints }, env });
    const { id } = await book(eventId);
    await becomes(id, 'FINALIZED');
    // The answer to the commit is lost after others can see it.
    await eventually(() => expect(breaks).toEqual([]));
    expect(await attemptsOf(id)).toBe(0);
  });

  test('comes by the job, and dashboards by the hint, also when the answer to the commit was lost', async () => {
    const issuer = new GatedIssuer();
    issuer.close();
    let lost = false;
    const failpoints = (point: string) => {
      if (point !== 'booking:after-commit' || lost) return;
      lost = true;
      throw Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
    };
    const { id: eventId } = await open({ overrides: { issuer, failpoints }, env: NEVER_BY_THE_CLOCK });
    const dashboard = await office.container.liveUpdates.eventBookings(eventId);
    const { id } = await book(eventId);
    expect(lost).toBe(true);
    expect((await dashboard.next()).value).toMatchObject({ id, status: 'PENDING' });
    issuer.open();
    await becomes(id, 'FINALIZED');
    await dashboard.return();
  });

  test('that a shutdown interrupts uses up no attempt, and the next process finalizes', async () => {
    const issuer = new GatedIssuer();
    issuer.close();
    const { id: eventId } = await open({ overrides: { issuer }, env: { FINALIZE_ATTEMPTS: '1' }, worker: false });
    const { id } = await book(eventId);
    const worker = await createContainer(office.container.config, { issuer });
    worker.startWorker();
    await eventually(() => expect(issuer.asked).toHaveLength(1));
    issuer.failNext(1);
    const closed = worker.close();
    issuer.open();
    await closed;
    expect(await attemptsOf(id)).toBe(0);
    expect(await office.container.bookings.find(id)).toMatchObject({ status: 'PENDING' });
    await makeAllDue(office.container.db);
    office.container.startWorker();
    await becomes(id, 'FINALIZED');
  });

  test('delivered again, at once or later, changes nothing', async () => {
    const { id: eventId } = await open({ worker: false });
    const handler = startWorkerWithHandler();
    const { id: bookingId, reference } = await book(eventId, 3);
    const job = { bookingId, reference };
    await rush(5, () => handler(job));
    await becomes(bookingId, 'FINALIZED');
    const tickets = await office.container.tickets.ofBookings([bookingId]);
    const before = await office.container.bookings.find(bookingId);
    const { version } = (await office.container.events.find(eventId)) ?? {};
    await rush(5, () => handler(job));
    expect(await office.container.bookings.find(bookingId)).toEqual(before);
    expect(await office.container.tickets.ofBookings([bookingId])).toEqual(tickets);
    expect(await office.container.events.find(eventId)).toMatchObject({ bookedCount: 3, finalizedCount: 3, version });
  });

  test('issues nothing for a booking that was cancelled before its job began', async () => {
    const issuer = new GatedIssuer();
    const { id: eventId } = await open({ worker: false, overrides: { issuer } });
    const cancelled = await book(eventId);
    await office.container.cancelBooking(cancelled.id);
    const kept = await book(eventId);
    office.container.startWorker();
    await becomes(kept.id, 'FINALIZED');
    expect(issuer.asked).toEqual([kept.reference]);
    expect(await office.container.tickets.ofBookings([cancelled.id])).toEqual([]);
  });

  test('of a booking that does not exist, or has another reference, changes nothing and asks nobody', async () => {
    const issuer = new GatedIssuer();
    const { id: eventId } = await open({ worker: false, overrides: { issuer }, env: NEVER_BY_THE_CLOCK });
    vi.spyOn(office.container.services.queue, 'enqueue').mockResolvedValue();
    const ofTheFirstSweep = await book(eventId);
    const handler = startWorkerWithHandler();
    await becomes(ofTheFirstSweep.id, 'FINALIZED');

    const { id: bookingId } = await book(eventId);
    const theirs = 'THEIRREFERENCE00';
    await handler({ bookingId: 99_999, reference: 'GHOST' });
    await handler({ bookingId, reference: theirs });
    expect(issuer.asked).toEqual([ofTheFirstSweep.reference]);
    const { db } = office.container;
    await noteIssuerFailures(untold(db), [{ bookingId, reference: theirs, retryInMs: 1 }], 1, {
      at: new Date(),
      mails: false,
    });
    expect(
      await finalizeGroup(untold(db), [{ bookingId, reference: theirs, codes: ['x'] }], {
        at: new Date(),
        mails: false,
      }),
    ).toEqual([]);
    expect(await office.container.bookings.find(bookingId)).toMatchObject({ status: 'PENDING', version: 1 });
    expect(await attemptsOf(bookingId)).toBe(0);
  });

  test('takes as long as ISSUANCE_DELAY_MS says', async () => {
    const { id: eventId } = await open({ env: { ISSUANCE_DELAY_MS: '120' } });
    const { id, createdAt } = await book(eventId);
    expect((await office.container.bookings.find(id))?.status).toBe('PENDING');
    await becomes(id, 'FINALIZED');
    const finalizedAt = (await office.container.bookings.find(id))?.finalizedAt as Date;
    expect(finalizedAt.getTime() - createdAt.getTime()).toBeGreaterThanOrEqual(115);
  });

  test('is at no more bookings at once than FINALIZE_CONCURRENCY, and a fresh one does not wait behind a backlog', async () => {
    const issuer = new GatedIssuer({ closed: true });
    const { id: eventId } = await open({ worker: false, overrides: { issuer }, env: { FINALIZE_CONCURRENCY: '6' } });
    const enqueue = vi.spyOn(office.container.services.queue, 'enqueue').mockResolvedValue();
    const backlog = await rush(20, () => book(eventId));
    const asked = () => backlog.filter(({ reference }) => issuer.asked.includes(reference)).length;
    office.container.startWorker();
    await eventually(() => expect(asked()).toBe(3));
    enqueue.mockRestore();
    const fresh = await rush(4, () => book(eventId));
    const freshAsked = () => fresh.filter(({ reference }) => issuer.asked.includes(reference)).length;
    await eventually(() => expect(freshAsked()).toBe(3));
    expect(asked()).toBe(3);
    issuer.open();
    for (const { id } of [...backlog, ...fresh]) await becomes(id, 'FINALIZED');
  });

  test('by two workers at once finalizes every booking once', async () => {
    const { id: eventId } = await open({ worker: false });
    await rush(60, () => book(eventId));
    const other = await createContainer(office.container.config);
    try {
      office.container.startWorker();
      other.startWorker();
      await eventually(
        async () => expect(await office.container.events.find(eventId)).toMatchObject({ finalizedCount: 60 }),
        { timeoutMs: 20_000 },
      );
      const { items } = await office.container.bookings.page({ eventId }, { size: 100, before: null });
      expect(new Set(items.map(({ status, version }) => `${status} ${version}`))).toEqual(new Set(['FINALIZED 2']));
    } finally {
      await other.close();
    }
  });
});

test('embedded: a job that is just being enqueued is with the queue before a process that stops closes it', async () => {
  const office = await openBoxOffice('embedded', { worker: false });
  const { id: eventId } = await office.container.createEvent({ title: 'Concert', capacity: 1 });
  const stopping = await createContainer(office.container.config);
  const { queue } = stopping.services;
  const gate = Promise.withResolvers<void>();
  const steps: string[] = [];
  const enqueue = vi.spyOn(queue, 'enqueue').mockImplementation(async () => {
    await gate.promise;
    steps.push('enqueued');
  });
  const close = vi.spyOn(queue, 'close').mockImplementation(async () => void steps.push('closed'));
  bookingOf(await stopping.bookTicket({ eventId, userId: 'alice' }));
  const stopped = stopping.close();
  await new Promise(setImmediate);
  gate.resolve();
  await stopped;
  expect([steps, enqueue.mock.calls.length, close.mock.calls.length]).toEqual([['enqueued', 'closed'], 1, 1]);
  await office.close();
});
