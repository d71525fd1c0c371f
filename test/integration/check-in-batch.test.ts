import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Container, createContainer } from '../../src/container.ts';
import type { OfflineScan } from '../../src/door/check-in-batch.ts';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';
import { answerOf, redeemedCount, redemptionOf, tallyOfDoor } from '../support/check-ins.ts';
import { rush } from '../support/outcomes.ts';
import { SETUPS, type Setup } from '../support/setups.ts';
import { qrPayloadOf, sellTicket, sellTickets } from '../support/tickets.ts';
import { DoorModel, doorSteps, TICKETS } from './door-model.ts';

const NOW = new Date('2030-01-01T12:00:00.000Z');
const minutes = (count: number) => new Date(NOW.getTime() + count * 60_000);
const maxSearchMs = 10_000;

const RUNS: Readonly<Record<Setup, number>> = { embedded: 25, 'sqlite + redis': 10, 'postgresql + redis': 15 };

describe.each(SETUPS)('%s: scans that were made without a network', (setup) => {
  let office: BoxOffice;
  let other: Container;
  let eventId: number;
  beforeAll(async () => {
    const overrides = { now: () => NOW };
    office = await openBoxOffice(setup, { overrides });
    other = await createContainer(office.container.config, overrides);
    ({ id: eventId } = await office.container.createEvent({ title: 'Concert', capacity: 100_000, maxPerBooking: 100 }));
  });
  afterAll(async () => {
    await other.close();
    await office.close();
  });

  const row = (id: number) => redemptionOf(office.container, id);
  const send = (scans: readonly OfflineScan[], at: Container = office.container) => at.checkInBatch(eventId, scans);
  async function scanOf(code: string, minute: number, deviceId = 'gate-1', nonce = `${deviceId} ${minute}`) {
    const qrPayload = await qrPayloadOf(office.container, eventId, code);
    return { qrPayload, deviceId, nonce, scannedAt: minutes(minute) };
  }
  const answers = async (scans: readonly OfflineScan[]) => (await send(scans)).map(answerOf);

  test('redeem their tickets, are answered in their order, and change nothing when they are sent again', async () => {
    const tickets = await sellTickets(office.container, eventId, 3);
    const before = (await redeemedCount(office.container, eventId)) ?? 0;
    const scans = await Promise.all(tickets.map(({ code }, i) => scanOf(code, -i - 1)));
    scans.push({ ...(scans[0] as OfflineScan), nonce: 'later', scannedAt: minutes(0) });
    scans.unshift({ ...(scans[0] as OfflineScan), qrPayload: 'BO1.nonsense' });
    expect(await answers(scans)).toEqual([
      'BAD_SIGNATURE',
      'checked in',
      'checked in',
      'checked in',
      'ALREADY_REDEEMED',
    ]);
    const rows = () => Promise.all(tickets.map(({ id }) => row(id)));
    const first = await rows();
    expect(first.map(({ redeemedAt }) => redeemedAt)).toEqual([-1, -2, -3].map(minutes));
    expect(await answers(scans)).toEqual(['BAD_SIGNATURE', 'replayed', 'replayed', 'replayed', 'ALREADY_REDEEMED']);
    expect(await rows()).toEqual(first);
    expect(await redeemedCount(office.container, eventId)).toBe(before + 3);
  });

  test('count by their times, in whatever order devices send them in; the later one is told of the earlier', async () => {
    const { id, code } = await sellTicket(office.container, eventId);
    const before = (await redeemedCount(office.container, eventId)) ?? 0;
    const [late, early, later] = [
      await scanOf(code, -5, 'late'),
      await scanOf(code, -9, 'early'),
      await scanOf(code, -1, 'later'),
    ];
    expect(await answers([later, late])).toEqual(['ALREADY_REDEEMED', 'checked in']);
    expect(await answers([early])).toEqual(['checked in']);
    const [conflict] = await send([late]);
    expect(conflict).toMatchObject({ code: 'ALREADY_REDEEMED', redeemedAt: minutes(-9), deviceId: 'early' });
    expect(await row(id)).toMatchObject({ redeemedAt: minutes(-9), redeemedByDevice: 'early' });
    expect(await redeemedCount(office.container, eventId)).toBe(before + 1);
  });

  test('stand the same in whatever order they come in', async () => {
    const sentInAnyOrder = fc.shuffledSubarray([-9, -7, -5, -3, -1], { minLength: 2 });
    await fc.assert(
      fc.asyncProperty(sentInAnyOrder, async (order) => {
        const { id, code } = await sellTicket(office.container, eventId);
        for (const minute of order) await send([await scanOf(code, minute, `gate${minute}`)]);
        const earliest = Math.min(...order);
        expect(await row(id)).toMatchObject({ redeemedAt: minutes(earliest), redeemedByDevice: `gate${earliest}` });
      }),
      { numRuns: RUNS[setup], interruptAfterTimeLimit: maxSearchMs },
    );
  });

  test('never take the place of one that was made online', async () => {
    const { id, code } = await sellTicket(office.container, eventId);
    await office.container.checkIn({ eventId, code, deviceId: 'online', nonce: 'n' });
    const [conflict] = await send([await scanOf(code, -60)]);
    expect(conflict).toMatchObject({ code: 'ALREADY_REDEEMED', redeemedAt: NOW, deviceId: 'online' });
    expect((await row(id)).redeemedByDevice).toBe('online');
  });

  test('that were sent online before, and got no answer, are known by their nonces', async () => {
    const { code } = await sellTicket(office.container, eventId);
    await office.container.checkIn({ eventId, code, deviceId: 'gate-1', nonce: 'lost' });
    expect(await answers([await scanOf(code, -1, 'gate-1', 'lost')])).toEqual(['replayed']);
  });

  test('from a clock that is ahead keep their times up to five minutes, and beyond that count as of now', async () => {
    const tickets = await sellTickets(office.container, eventId, 3);
    await send(await Promise.all(tickets.map(({ code }, i) => scanOf(code, [5, 5.001, 50_000_000][i] ?? 0))));
    const times = (await Promise.all(tickets.map(({ id }) => row(id)))).map(({ redeemedAt }) => redeemedAt);
    expect(times).toEqual([minutes(5), NOW, NOW]);
  });

  test('and were undone redeem nothing when the batch is sent again', async () => {
    const { id, code } = await sellTicket(office.container, eventId);
    const before = await redeemedCount(office.container, eventId);
    const batch = [await scanOf(code, -5, 'first'), await scanOf(code, -2, 'second')];
    expect(await answers(batch)).toEqual(['checked in', 'ALREADY_REDEEMED']);
    await office.container.undoCheckIn(id, 'wrong person');
    expect(await answers(batch)).toEqual(['replayed', 'ALREADY_REDEEMED']);
    expect((await row(id)).redeemedAt).toBeNull();
    expect(await redeemedCount(office.container, eventId)).toBe(before);
  });

  test('of a cancelled booking, and of another event, are refused', async () => {
    const { container } = office;
    const [cancelled, foreign] = await sellTickets(container, eventId, 2);
    const { id: elsewhere } = await container.createEvent({ title: 'Play', capacity: 1 });
    const scans = [await scanOf(cancelled?.code ?? '', -1), await scanOf(foreign?.code ?? '', -1)];
    const unknown = { ...(scans[0] as OfflineScan), qrPayload: await qrPayloadOf(container, elsewhere, 'nobodys') };
    expect((await container.checkInBatch(elsewhere, [scans[1] as OfflineScan, unknown])).map(answerOf)).toEqual([
      'WRONG_EVENT',
      'UNKNOWN_TICKET',
    ]);
    await container.cancelBooking(cancelled?.bookingId ?? 0);
    expect(await answers(scans)).toEqual(['CANCELLED', 'CANCELLED']);
  });

  test('of two devices that send the same tickets at once let each ticket in once, by the earlier scan', async () => {
    const tickets = (await Promise.all([1, 2, 3].map(() => sellTickets(office.container, eventId, 100)))).flat();
    const before = (await redeemedCount(office.container, eventId)) ?? 0;
    const batches = await Promise.all(
      [0, 1].map((device) =>
        Promise.all(tickets.map(({ code }, i) => scanOf(code, -10 + ((i + device) % 2), `device-${device}`))),
      ),
    );
    await Promise.all([
      send(batches[0] as OfflineScan[]),
      send((batches[1] as OfflineScan[]).toReversed(), other),
      send(batches[0] as OfflineScan[], other),
    ]);
    const devices = (await Promise.all(tickets.map(({ id }) => row(id)))).map(
      ({ redeemedByDevice }) => redeemedByDevice,
    );
    expect(devices).toEqual(tickets.map((_, i) => `device-${i % 2}`));
    expect(await redeemedCount(office.container, eventId)).toBe(before + tickets.length);
  });

  test('are taken 1,000 at a time with a few statements, and 1,001 are refused as a whole', async () => {
    const tickets = (
      await Promise.all(Array.from({ length: 10 }, () => sellTickets(office.container, eventId, 100)))
    ).flat();
    const scans = await Promise.all(tickets.map(({ code }) => scanOf(code, -1)));
    expect(tallyOfDoor(await send(scans))).toEqual({ 'checked in': 1_000 });
    await expect(send([...scans, scans[0] as OfflineScan])).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      problems: [{ field: 'scans' }],
    });
    expect(await send([])).toEqual([]);
  });

  test.each<[string, Partial<OfflineScan>]>([
    ['deviceId', { deviceId: '' }],
    ['nonce', { nonce: 'x'.repeat(256) }],
    ['scannedAt', { scannedAt: new Date('1969-12-31T23:59:59Z') }],
    ['scannedAt', { scannedAt: new Date(Number.NaN) }],
  ])('need a sensible %s each: %j', async (field, more) => {
    const { code } = await sellTicket(office.container, eventId);
    const scans = [await scanOf(code, -1), { ...(await scanOf(code, -2)), ...more }];
    await expect(send(scans)).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      problems: [{ field: `scans.1.${field}` }],
    });
    expect(await answers([scans[0] as OfflineScan])).toEqual(['checked in']);
  });

  test('hold, with scans online and undos between them, against a simple model', async () => {
    const pool: Awaited<ReturnType<typeof sellTickets>> = [];
    await fc.assert(
      fc.asyncProperty(doorSteps, async (steps) => {
        if (pool.length < TICKETS) pool.push(...(await sellTickets(office.container, eventId, 100)));
        const tickets = pool.splice(0, TICKETS);
        const before = (await redeemedCount(office.container, eventId)) ?? 0;
        const model = new DoorModel(NOW);
        for (const step of steps) {
          if (step.kind === 'undo') {
            model.undo(step.ticket);
            await office.container.undoCheckIn(tickets[step.ticket]?.id ?? 0, 'by the model');
          } else if (step.kind === 'online') {
            const { code } = tickets[step.ticket] as { code: string };
            const { deviceId, nonce } = step;
            const outcome = await office.container.checkIn({ eventId, code, deviceId, nonce });
            expect(answerOf(outcome)).toBe(model.online(step));
          } else {
            const scans = await Promise.all(
              step.scans.map(({ ticket, minute, deviceId, nonce }) =>
                scanOf(tickets[ticket]?.code ?? '', minute, deviceId, nonce),
              ),
            );
            expect(await answers(scans)).toEqual(model.batch(step.scans));
            const stands = model.standing();
            expect(await answers(scans)).toEqual(model.batch(step.scans));
            expect(model.standing()).toEqual(stands);
          }
          const rows = await rush(TICKETS, (i) => row(tickets[i]?.id ?? 0));
          expect(
            rows.map(({ redeemedAt, redeemedByDevice }) => redeemedAt && { at: redeemedAt, by: redeemedByDevice }),
          ).toEqual(model.standing());
          const used = model.standing().filter(Boolean).length;
          expect(await redeemedCount(office.container, eventId)).toBe(before + used);
        }
      }),
      { numRuns: RUNS[setup], interruptAfterTimeLimit: maxSearchMs },
    );
  });
});
