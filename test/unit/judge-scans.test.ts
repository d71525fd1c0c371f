import { describe, expect, test } from 'vitest';
import { type DoorTicket, judgeScans } from '../../src/door/judge-scans.ts';
import type { Scan } from '../../src/door/scan.ts';
import type { Ticket } from '../../src/tickets/ticket.entity.ts';
import { answerOf } from '../support/check-ins.ts';

const EVENT = 7;
const at = (minute: number) => new Date(Date.UTC(2030, 0, 1, 10, minute));

const TICKET = {
  id: 1,
  bookingId: 2,
  serial: 1,
  code: 'code',
  redeemedAt: null,
  redeemedByDevice: null,
  redeemedNonce: null,
  redeemedOffline: false,
  version: 0,
} as Ticket;

const scan = (more: Partial<Scan> = {}): Scan => ({
  code: 'code',
  forAnotherEvent: false,
  deviceId: 'gate-1',
  nonce: 'n',
  at: at(30),
  offline: false,
  ...more,
});
const redeemed = (minute: number, offline = false): Ticket => ({
  ...TICKET,
  redeemedAt: at(minute),
  redeemedByDevice: 'gate-9',
  redeemedNonce: 'm',
  redeemedOffline: offline,
  version: 1,
});
const found = (more: Partial<DoorTicket> = {}): DoorTicket => ({
  ticket: TICKET,
  eventId: EVENT,
  bookingStatus: 'FINALIZED',
  undos: [],
  ...more,
});
const undo = (minute: number, more = {}) => ({
  undoneAt: at(minute),
  device: 'gate-9',
  nonce: 'm',
  redeemedAt: at(10),
  ...more,
});

function judge(scans: readonly Scan[], ticket: DoorTicket | null) {
  const { outcomes, redemptions } = judgeScans(EVENT, scans, new Map(ticket ? [['code', ticket]] : []));
  return { answers: outcomes.map(answerOf), outcomes, redemptions };
}

describe('a scan at the door', () => {
  test('redeems a ticket as it was seen, and says when, where and how', () => {
    const { answers, redemptions } = judge([scan()], found());
    expect(answers).toEqual(['checked in']);
    const by = { redeemedAt: at(30), redeemedByDevice: 'gate-1', redeemedNonce: 'n', redeemedOffline: false };
    expect(redemptions).toEqual([{ seen: TICKET, becomes: { ...TICKET, ...by, version: 1 } }]);
  });

  test('that is the first of several redeems, the others are told of it, and its repeat is answered the same', () => {
    const others = [scan({ deviceId: 'gate-2' }), scan({ nonce: 'other' }), scan()];
    const { answers, outcomes, redemptions } = judge([scan({ at: at(29) }), ...others], found());
    expect(answers).toEqual(['checked in', 'ALREADY_REDEEMED', 'ALREADY_REDEEMED', 'replayed']);
    expect(outcomes[1]).toMatchObject({ redeemedAt: at(29), deviceId: 'gate-1', ticket: { id: 1 } });
    expect(redemptions).toHaveLength(1);
  });

  test.each<[string, Scan, DoorTicket | null, string]>([
    ['of a code that nobody has', scan(), null, 'UNKNOWN_TICKET'],
    ['signed for another event, of a code that nobody has', scan({ forAnotherEvent: true }), null, 'WRONG_EVENT'],
    ['signed for another event', scan({ forAnotherEvent: true }), found(), 'WRONG_EVENT'],
    ['of a ticket for another event', scan(), found({ eventId: 8 }), 'WRONG_EVENT'],
    ['of a cancelled booking', scan(), found({ bookingStatus: 'CANCELLED' }), 'CANCELLED'],
    ['of a PENDING booking', scan(), found({ bookingStatus: 'PENDING' }), 'NOT_FINALIZED'],
    ['of a FAILED booking', scan(), found({ bookingStatus: 'FAILED' }), 'NOT_FINALIZED'],
    ['of a used ticket', scan(), found({ ticket: redeemed(5) }), 'ALREADY_REDEEMED'],
  ])('%s is refused', (_what, given, ticket, code) => {
    const { answers, redemptions } = judge([given], ticket);
    expect({ answers, redemptions }).toEqual({ answers: [code], redemptions: [] });
  });

  test('of a ticket that was used and then cancelled is told both', () => {
    const { outcomes } = judge([scan()], found({ ticket: redeemed(5), bookingStatus: 'CANCELLED' }));
    expect(outcomes).toMatchObject([{ code: 'CANCELLED', redeemedAt: at(5), deviceId: 'gate-9' }]);
  });

  test('that is known by device and nonce is answered the same, also when the booking was cancelled since', () => {
    const known = scan({ deviceId: 'gate-9', nonce: 'm' });
    for (const bookingStatus of ['FINALIZED', 'CANCELLED'] as const) {
      expect(judge([known], found({ ticket: redeemed(5), bookingStatus })).answers).toEqual(['replayed']);
    }
    for (const almost of [scan({ deviceId: 'gate-9' }), scan({ nonce: 'm' })]) {
      expect(judge([almost], found({ ticket: redeemed(5) })).answers).toEqual(['ALREADY_REDEEMED']);
    }
  });

  test('that was undone does not redeem once more, and another one does', () => {
    const undone = found({ undos: [undo(20)] });
    const known = scan({ deviceId: 'gate-9', nonce: 'm' });
    const { answers, redemptions } = judge([known, scan()], undone);
    expect(answers).toEqual(['replayed', 'checked in']);
    expect(redemptions.map(({ becomes }) => becomes.redeemedByDevice)).toEqual(['gate-1']);
  });
});

describe('a scan that was made without a network', () => {
  const offline = (minute: number, more: Partial<Scan> = {}) => scan({ at: at(minute), offline: true, ...more });

  test.each([
    ['takes the place of a later one of that kind', 4, true, 'checked in'],
    ['gives way to one of that kind at the same time', 5, true, 'ALREADY_REDEEMED'],
    ['gives way to an earlier one of that kind', 6, true, 'ALREADY_REDEEMED'],
    ['gives way to one made online, however late that was', 4, false, 'ALREADY_REDEEMED'],
  ])('%s', (_what, minute, recordedOffline, answer) => {
    const ticket = redeemed(5, recordedOffline);
    const { answers, redemptions } = judge([offline(minute)], found({ ticket }));
    expect(answers).toEqual([answer]);
    const taken = [{ seen: ticket, becomes: { redeemedAt: at(minute), redeemedByDevice: 'gate-1', version: 2 } }];
    expect(redemptions).toMatchObject(answer === 'checked in' ? taken : []);
  });

  test('gives nothing up to one made online that comes later', () => {
    expect(judge([scan({ at: at(1) })], found({ ticket: redeemed(5, true) })).answers).toEqual(['ALREADY_REDEEMED']);
  });

  test('before an undo does not redeem any more, and is told what stood then', () => {
    for (const minute of [10, 20]) {
      const { outcomes, redemptions } = judge([offline(minute)], found({ undos: [undo(20), undo(25)] }));
      expect(redemptions).toEqual([]);
      expect(outcomes).toMatchObject([{ code: 'ALREADY_REDEEMED', redeemedAt: at(10), deviceId: 'gate-9' }]);
    }
    expect(judge([offline(21)], found({ undos: [undo(20)] })).answers).toEqual(['checked in']);
  });

  test('before an undo does not take the place of one after it, and is told what stands', () => {
    const { outcomes, redemptions } = judge([offline(15)], found({ ticket: redeemed(25, true), undos: [undo(20)] }));
    expect(redemptions).toEqual([]);
    expect(outcomes).toMatchObject([{ code: 'ALREADY_REDEEMED', redeemedAt: at(25) }]);
  });
});
