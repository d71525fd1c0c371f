import { describe, expect, test } from 'vitest';
import { actingFor, laneOf, PERMISSIONS, requiredOwner } from '../../src/auth/permissions.ts';
import { ANONYMOUS, ANYBODY, type Viewer } from '../../src/auth/viewer.ts';

const viewer = (kind: Viewer['kind'], userId: string | null = kind): Viewer => ({ kind, userId, expiresAtMs: null });
const CALLERS = [ANONYMOUS, viewer('buyer'), viewer('staff'), viewer('organizer')];

/** Whose rows each of CALLERS may touch; a code when nobody's. Written down here, not read from the code. */
const WHOSE: Readonly<Record<string, readonly string[]>> = {
  event: ['all', 'all', 'all', 'all'],
  events: ['all', 'all', 'all', 'all'],
  eventStats: ['all', 'all', 'all', 'all'],
  eventStatsChanged: ['all', 'all', 'all', 'all'],
  booking: ['UNAUTHENTICATED', 'buyer', 'all', 'all'],
  bookings: ['UNAUTHENTICATED', 'buyer', 'all', 'all'],
  bookingStatusChanged: ['UNAUTHENTICATED', 'buyer', 'all', 'all'],
  bookTicket: ['UNAUTHENTICATED', 'buyer', 'staff', 'all'],
  cancelBooking: ['UNAUTHENTICATED', 'buyer', 'staff', 'all'],
  confirmBooking: ['UNAUTHENTICATED', 'buyer', 'staff', 'all'],
  extendHold: ['UNAUTHENTICATED', 'buyer', 'staff', 'all'],
  joinWaitingList: ['UNAUTHENTICATED', 'buyer', 'staff', 'all'],
  leaveWaitingList: ['UNAUTHENTICATED', 'buyer', 'staff', 'all'],
  waitingListEntry: ['UNAUTHENTICATED', 'buyer', 'all', 'all'],
  waitingListEntryChanged: ['UNAUTHENTICATED', 'buyer', 'all', 'all'],
  eventBookingsChanged: ['UNAUTHENTICATED', 'FORBIDDEN', 'all', 'all'],
  checkIn: ['UNAUTHENTICATED', 'FORBIDDEN', 'all', 'all'],
  checkInBatch: ['UNAUTHENTICATED', 'FORBIDDEN', 'all', 'all'],
  undoCheckIn: ['UNAUTHENTICATED', 'FORBIDDEN', 'all', 'all'],
  checkInStats: ['UNAUTHENTICATED', 'FORBIDDEN', 'all', 'all'],
  checkInStatsChanged: ['UNAUTHENTICATED', 'FORBIDDEN', 'all', 'all'],
  downloadBookings: ['UNAUTHENTICATED', 'FORBIDDEN', 'all', 'all'],
  createEvent: ['UNAUTHENTICATED', 'FORBIDDEN', 'FORBIDDEN', 'all'],
  updateEvent: ['UNAUTHENTICATED', 'FORBIDDEN', 'FORBIDDEN', 'all'],
  cancelEvent: ['UNAUTHENTICATED', 'FORBIDDEN', 'FORBIDDEN', 'all'],
  report: ['UNAUTHENTICATED', 'FORBIDDEN', 'FORBIDDEN', 'all'],
  salesCurve: ['UNAUTHENTICATED', 'FORBIDDEN', 'FORBIDDEN', 'all'],
  serviceHealth: ['UNAUTHENTICATED', 'FORBIDDEN', 'FORBIDDEN', 'all'],
  ticketDocument: ['all', 'all', 'all', 'all'],
  ticketSigningKeys: ['all', 'all', 'all', 'all'],
};
const DOOR = ['checkIn', 'checkInBatch', 'undoCheckIn'];
const EVENTS = ['createEvent', 'updateEvent', 'cancelEvent'];
const HOLDS = ['confirmBooking', 'extendHold'];
const WAITING_LIST = ['joinWaitingList', 'leaveWaitingList'];
const NARROW = ['bookTicket', 'cancelBooking', ...HOLDS, ...WAITING_LIST, ...DOOR, ...EVENTS, 'transferBooking'];

function outcome(act: () => string | null): string | null {
  try {
    return act();
  } catch (error) {
    return (error as { code: string }).code;
  }
}
const whose = (operation: string) => (caller: Viewer) => outcome(() => requiredOwner(caller, operation)) ?? 'all';

describe('permissions', () => {
  test('are given for these operations and no other', () => {
    expect([...PERMISSIONS.keys()].sort()).toEqual(Object.keys(WHOSE).sort());
  });

  test.each(Object.entries(WHOSE))('%s touches what belongs to %j', (operation, expected) => {
    expect(CALLERS.map(whose(operation))).toEqual(expected);
  });

  test('what is not in the table nobody may do', () => {
    expect(CALLERS.map(whose('transferBooking'))).toEqual(['UNAUTHENTICATED', 'FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN']);
  });

  test('a buyer without a name has nothing of his own', () => {
    expect(whose('booking')(viewer('buyer', null))).toBe('FORBIDDEN');
  });

  test('who changes something is counted in the narrower lane, and so is what is not in the table', () => {
    const operations = [...Object.keys(WHOSE), 'transferBooking'];
    expect(operations.map(laneOf)).toEqual(operations.map((one) => (NARROW.includes(one) ? 'booking' : 'reading')));
  });

  test('only an organizer acts for somebody else', () => {
    const actsFor = (userId: string | null | undefined) =>
      CALLERS.map((caller) => outcome(() => actingFor(caller, 'bookTicket', userId)));
    expect(actsFor('alice')).toEqual(['UNAUTHENTICATED', 'FORBIDDEN', 'FORBIDDEN', 'alice']);
    for (const nobody of [null, undefined]) {
      expect(actsFor(nobody)).toEqual(['UNAUTHENTICATED', 'buyer', 'staff', 'organizer']);
    }
    expect(actingFor(viewer('buyer'), 'bookTicket', 'buyer')).toBe('buyer');
    expect(actingFor(ANYBODY, 'bookTicket', 'alice')).toBe('alice');
    expect(actingFor(ANYBODY, 'bookTicket', null)).toBeNull();
  });
});
