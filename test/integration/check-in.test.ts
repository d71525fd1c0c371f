import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Container, createContainer } from '../../src/container.ts';
import { readDoorTickets, writeRedemptions } from '../../src/door/door-store.ts';
import { judgeScans } from '../../src/door/judge-scans.ts';
import type { CheckInOutcome } from '../../src/door/scan.ts';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';
import { answerOf, redeemedCount, redemptionOf, tallyOfDoor } from '../support/check-ins.ts';
import { everybodyReadsFirst, readNumber, rush } from '../support/outcomes.ts';
import { SETUPS } from '../support/setups.ts';
import { qrPayloadOf, sellTicket, sellTickets } from '../support/tickets.ts';

const SCANNERS = 20;
/** At the door of one event. */
const MAX_WAITING = 2_000;

describe.each(SETUPS)('%s: a ticket', (setup) => {
  let office: BoxOffice;
  let other: Container;
  let eventId: number;
  beforeAll(async () => {
    office = await openBoxOffice(setup);
    other = await createContainer(office.container.config);
    ({ id: eventId } = await office.container.createEvent({ title: 'Concert', capacity: 10_000, maxPerBooking: 100 }));
  });
  afterAll(async () => {
    await other.close();
    await office.close();
  });

  const scan = (code: string, deviceId = 'gate-1', nonce = 'n', at = eventId) =>
    office.container.checkIn({ eventId: at, code, deviceId, nonce });
  const sell = () => sellTicket(office.container, eventId);
  const row = (id: number) => redemptionOf(office.container, id);
  const count = () => redeemedCount(office.container, eventId);

  test('that 20 scanners of two processes see in the same instant lets one in, and tells the others when and where', async () => {
    const { id, code } = await sell();
    const before = (await count()) ?? 0;
    const processes = [office.container, other];
    const outcomes = await rush(SCANNERS, (i) => {
      const { checkIn } = processes[i % 2] as Container;
      return checkIn({ eventId, code, deviceId: `gate-${i}`, nonce: 'n' });
    });
    expect(tallyOfDoor(outcomes)).toEqual({ 'checked in': 1, ALREADY_REDEEMED: SCANNERS - 1 });
    const winner = outcomes.findIndex((outcome) => answerOf(outcome) === 'checked in');
    const { redeemedAt, redeemedByDevice } = await row(id);
    expect(redeemedByDevice).toBe(`gate-${winner}`);
    expect(redeemedAt).toBeInstanceOf(Date);
    for (const outcome of outcomes.toSpliced(winner, 1)) {
      expect(outcome).toMatchObject({ redeemedAt, deviceId: redeemedByDevice, ticket: { id, redeemedAt } });
    }
    expect(await count()).toBe(before + 1);
  });

  test('(control) lets all of them in when each reads first and writes then', async () => {
    const { db } = office.container;
    await db.em().execute('create table control_tickets (used integer not null, let_in integer not null)');
    await db.em().execute('insert into control_tickets values (0, 0)');
    const used = () => readNumber(db, 'select used from control_tickets');
    await everybodyReadsFirst(SCANNERS, used, async (seen) => {
      if (seen === 0) await db.em().execute('update control_tickets set used = 1, let_in = let_in + 1');
    });
    expect(await readNumber(db, 'select let_in from control_tickets')).toBe(SCANNERS);
  });

  test('is redeemed by its row alone: whoever decided on old knowledge writes nothing', async () => {
    const { db } = office.container;
    const { id, code } = await sell();
    const before = (await count()) ?? 0;
    const known = await readDoorTickets(db, [code]);
    const decided = (deviceId: string) =>
      judgeScans(
        eventId,
        [{ code, forAnotherEvent: false, deviceId, nonce: 'n', at: new Date(), offline: false }],
        known,
      ).redemptions;
    expect(await writeRedemptions(db, eventId, decided('first'))).toEqual(new Set([id]));
    expect(await writeRedemptions(db, eventId, decided('second'))).toEqual(new Set());
    expect((await row(id)).redeemedByDevice).toBe('first');
    expect(await count()).toBe(before + 1);
  });

  test('that many are scanned of at once costs few transactions, and each is answered for itself', async () => {
    const tickets = await sellTickets(office.container, eventId, 100);
    const before = (await count()) ?? 0;
    const transactions = vi.spyOn(office.container.db, 'transaction');
    const outcomes = await rush(tickets.length, (i) => scan(tickets[i]?.code ?? ''));
    expect(transactions.mock.calls.length).toBeLessThan(tickets.length / 2);
    transactions.mockRestore();
    expect(tallyOfDoor(outcomes)).toEqual({ 'checked in': tickets.length });
    expect(outcomes.map((outcome) => outcome.ticket?.id)).toEqual(tickets.map(({ id }) => id));
    expect(await count()).toBe(before + tickets.length);
  });

  test('that is scanned again with the same device and nonce is answered the same, also all at once and elsewhere', async () => {
    const { id, code } = await sell();
    const outcomes = await rush(SCANNERS, (i) =>
      (i % 2 ? office.container : other).checkIn({ eventId, code, deviceId: 'gate-1', nonce: 'again' }),
    );
    outcomes.push(await scan(code, 'gate-1', 'again'));
    expect(tallyOfDoor(outcomes)).toEqual({ 'checked in': 1, replayed: SCANNERS });
    const { redeemedAt } = await row(id);
    for (const outcome of outcomes) expect(outcome.ticket).toMatchObject({ id, redeemedAt });
    expect(answerOf(await scan(code, 'gate-2', 'again'))).toBe('ALREADY_REDEEMED');
    expect(answerOf(await scan(code, 'gate-1', 'another'))).toBe('ALREADY_REDEEMED');
  });

  test('is let in by its QR payload as by its code', async () => {
    const { id, code } = await sell();
    const qrPayload = await qrPayloadOf(office.container, eventId, code);
    const outcome = await office.container.checkIn({ eventId, qrPayload, deviceId: 'gate-1', nonce: 'qr' });
    expect([answerOf(outcome), outcome.ticket?.id]).toEqual(['checked in', id]);
  });

  test('with a QR payload that is none of ours lets nobody in, whatever its code', async () => {
    const { id, code } = await sell();
    const qrPayload = (await qrPayloadOf(office.container, eventId, code)).replace(`.${eventId}.`, `.${eventId}0.`);
    const outcome = await office.container.checkIn({ eventId, qrPayload, deviceId: 'gate-1', nonce: 'qr' });
    expect([answerOf(outcome), (await row(id)).redeemedAt]).toEqual(['BAD_SIGNATURE', null]);
  });

  test('is told to be scanned again later when too many scans of its event wait', async () => {
    const { code } = await sell();
    const waiting = rush(MAX_WAITING, (i) => scan(code, 'gate', `${i}`));
    await expect(scan(code, 'gate', 'one too many')).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    expect(tallyOfDoor(await waiting)).toEqual({ 'checked in': 1, ALREADY_REDEEMED: MAX_WAITING - 1 });
  });

  test('of a booking that is not final lets nobody in, and does once it is', async () => {
    const { db } = office.container;
    const { bookingId, code } = await sell();
    const setStatus = (status: string) =>
      db.em().execute('update bookings set status = ? where id = ?', [status, bookingId]);
    await setStatus('PENDING');
    expect(answerOf(await scan(code))).toBe('NOT_FINALIZED');
    await setStatus('FINALIZED');
    expect(answerOf(await scan(code))).toBe('checked in');
  });

  test('of a cancelled booking lets nobody in; one that was used before that stays counted, and is told as cancelled', async () => {
    const [used, unused] = await sellTickets(office.container, eventId, 2);
    await scan(used?.code ?? '');
    const before = await count();
    await office.container.cancelBooking(used?.bookingId ?? 0);
    expect(answerOf(await scan(unused?.code ?? ''))).toBe('CANCELLED');
    expect(await scan(used?.code ?? '', 'gate-2')).toMatchObject({ code: 'CANCELLED', deviceId: 'gate-1' });
    expect(await count()).toBe(before);
  });

  test.each(['', 'x', 'x'.repeat(65), '\u0000', '\ud800', "' or 1 = 1 --"])(
    'with the code %j is unknown',
    async (code) => {
      expect(await scan(code)).toMatchObject({
        code: 'UNKNOWN_TICKET',
        redeemedAt: null,
        deviceId: null,
        ticket: null,
      });
    },
  );

  test.each([0, -1, 'abc', 99_999_999, '99999999999999999999'])('is of no event with the id %s', async (at) => {
    const { code } = await sell();
    expect(answerOf(await office.container.checkIn({ eventId: at, code, deviceId: 'd', nonce: 'n' }))).toBe(
      'WRONG_EVENT',
    );
    const unknown = { eventId: at, code: 'unknown', deviceId: 'd', nonce: 'n' };
    expect(answerOf(await office.container.checkIn(unknown))).toBe('UNKNOWN_TICKET');
  });

  test.each<[string, object]>([
    ['code', {}],
    ['qrPayload', { code: 'x', qrPayload: 'BO1.x' }],
    ['deviceId', { code: 'x', deviceId: '' }],
    ['deviceId', { code: 'x', deviceId: 'x'.repeat(256) }],
    ['nonce', { code: 'x', nonce: '' }],
    ['nonce', { code: 'x', nonce: 'a\u0000b' }],
  ])('needs a sensible %s: %j', async (field, input) => {
    const asked = office.container.checkIn({ eventId, deviceId: 'd', nonce: 'n', ...input });
    await expect(asked).rejects.toMatchObject({ code: 'BAD_USER_INPUT', problems: [{ field }] });
  });

  describe('that was used by mistake', () => {
    const undo = (id: number, reason = 'wrong person') => office.container.undoCheckIn(id, reason);
    const history = (id: number) =>
      office.container.db
        .em()
        .execute<object[]>(
          'select reason, device, nonce from check_in_undos where ticket_id = ? order by ticket_version',
          [id],
        );

    test('is set back once, lets its holder in once more, and keeps what it was', async () => {
      const { id, code } = await sell();
      const before = (await count()) ?? 0;
      await scan(code, 'gate-1', 'first');
      expect(await undo(id)).toMatchObject({ id, redeemedAt: null, redeemedByDevice: null });
      expect(await undo(id)).toMatchObject({ id, redeemedAt: null });
      expect(await count()).toBe(before);
      expect(answerOf(await scan(code, 'gate-2', 'second'))).toBe('checked in');
      expect(await history(id)).toEqual([{ reason: 'wrong person', device: 'gate-1', nonce: 'first' }]);
      expect(await count()).toBe(before + 1);
    });

    test('is not used once more by a late repeat of the scan that was undone', async () => {
      const { id, code } = await sell();
      await scan(code, 'gate-1', 'first');
      await undo(id);
      const repeated = await scan(code, 'gate-1', 'first');
      expect([answerOf(repeated), repeated.ticket?.redeemedAt]).toEqual(['replayed', null]);
      expect((await row(id)).redeemedAt).toBeNull();
    });

    test('is set back once also by 20 at the same moment, and counts rightly while others scan it', async () => {
      const { id, code } = await sell();
      const before = (await count()) ?? 0;
      await scan(code);
      await rush(SCANNERS, () => undo(id));
      expect(await history(id)).toHaveLength(1);
      expect(await count()).toBe(before);
      const outcomes = await rush(SCANNERS, async (i): Promise<CheckInOutcome | null> => {
        if (i % 4 === 3) return undo(id).then(() => null);
        return (i % 2 ? office.container : other).checkIn({ eventId, code, deviceId: 'gate', nonce: `${i}` });
      });
      const letIn = outcomes.filter((outcome) => outcome && answerOf(outcome) === 'checked in').length;
      const used = (await row(id)).redeemedAt === null ? 0 : 1;
      expect((await history(id)).length - 1).toBe(letIn - used);
      expect(await count()).toBe(before + used);
    });

    test.each([null, 99_999_999])('and does not exist (%s) is NOT_FOUND', async (id) => {
      await expect(office.container.undoCheckIn(id, 'x')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    });

    test.each([' ', 'a\nb', 'x'.repeat(256)])('needs a reason, and not %j', async (reason) => {
      const { id } = await sell();
      await expect(undo(id, reason)).rejects.toMatchObject({ code: 'BAD_USER_INPUT', problems: [{ field: 'reason' }] });
    });
  });
});
