import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { createContainer } from '../../src/container.ts';
import type { FinalizationHandler } from '../../src/platform/job-queue.ts';
import { type BoxOffice, type BoxOfficeOptions, openBoxOffice } from '../support/box-office.ts';
import { eventually } from '../support/eventually.ts';
import { GatedIssuer } from '../support/gated-issuer.ts';
import { bookingOf, rush } from '../support/outcomes.ts';
import { SETUPS } from '../support/setups.ts';

describe.each(SETUPS)('%s: finalization', (setup) => {
  let office: BoxOffice;
  afterEach(() => office.close());

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

  test('gives a booking one ticket per place, each with a code of its own, and none before', async () => {
    const issuer = new GatedIssuer();
    issuer.close();
    const { id: eventId } = await open({ overrides: { issuer } });
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
  });

  test('tries again until the tickets are issued', async () => {
    const issuer = new GatedIssuer();
    issuer.failNext(2);
    const { id: eventId } = await open({ overrides: { issuer } });
    const { id, reference } = await book(eventId);
    await becomes(id, 'FINALIZED');
    expect(issuer.asked).toEqual([reference, reference, reference]);
  });

  test('gives up after the last attempt: FAILED, with a reason for people, and the places are free again', async () => {
    const issuer = new GatedIssuer();
    issuer.failNext(3);
    const { id: eventId } = await open({ overrides: { issuer } }, 2);
    const { id } = await book(eventId, 2);
    await becomes(id, 'FAILED');
    const failed = await office.container.bookings.find(id);
    expect(failed).toMatchObject({ version: 2, finalizedAt: null, failureReason: 'The tickets could not be issued.' });
    expect(issuer.asked).toHaveLength(3);
    expect(await office.container.events.find(eventId)).toMatchObject({ bookedCount: 0, finalizedCount: 0 });
    await becomes((await book(eventId, 2)).id, 'FINALIZED');
  });

  test('delivered again, at once or later, changes nothing', async () => {
    const { id: eventId } = await open({ worker: false });
    const { queue } = office.container.services;
    const process = jest.spyOn(queue, 'process');
    office.container.startWorker();
    const handler = process.mock.calls[0]?.[0] as FinalizationHandler;
    const { id, reference, quantity } = await book(eventId, 3);
    const job = { bookingId: id, eventId, reference, quantity };
    await rush(5, () => handler.run(job));
    await becomes(id, 'FINALIZED');
    const tickets = await office.container.tickets.ofBookings([id]);
    const before = await office.container.bookings.find(id);
    const { version } = (await office.container.events.find(eventId)) ?? {};
    await rush(5, () => handler.run(job));
    await handler.giveUp(job, new Error('too late'));
    expect(await office.container.bookings.find(id)).toEqual(before);
    expect(await office.container.tickets.ofBookings([id])).toEqual(tickets);
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

  test('of a booking that does not exist changes nothing', async () => {
    const { id: eventId } = await open();
    const ghost = { bookingId: 99_999, eventId, reference: 'GHOST', quantity: 1 };
    await office.container.services.queue.enqueue([ghost]);
    await becomes((await book(eventId)).id, 'FINALIZED');
    expect(await office.container.events.find(eventId)).toMatchObject({ bookedCount: 1, finalizedCount: 1 });
  });

  test('takes as long as ISSUANCE_DELAY_MS says', async () => {
    const { id: eventId } = await open({ env: { ISSUANCE_DELAY_MS: '120' } });
    const { id, createdAt } = await book(eventId);
    expect((await office.container.bookings.find(id))?.status).toBe('PENDING');
    await becomes(id, 'FINALIZED');
    const finalizedAt = (await office.container.bookings.find(id))?.finalizedAt as Date;
    expect(finalizedAt.getTime() - createdAt.getTime()).toBeGreaterThanOrEqual(115);
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
