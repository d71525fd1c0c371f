import { expect, test } from 'vitest';
import { BOOKING_STATUSES, holdsPlaces, isTerminal, statesBefore } from '../../src/bookings/booking-status.ts';

test('a booking moves only along the table of states', () => {
  expect(Object.fromEntries(BOOKING_STATUSES.map((to) => [to, statesBefore(to)]))).toEqual({
    HELD: [],
    PENDING: ['HELD'],
    FINALIZED: ['PENDING'],
    FAILED: ['PENDING'],
    CANCELLED: ['HELD', 'PENDING', 'FINALIZED'],
    EXPIRED: ['HELD'],
  });
});

test('only HELD, PENDING and FINALIZED bookings hold places, and only HELD and PENDING go on for a subscriber', () => {
  expect(BOOKING_STATUSES.filter(holdsPlaces)).toEqual(['HELD', 'PENDING', 'FINALIZED']);
  expect(BOOKING_STATUSES.filter((status) => !isTerminal(status))).toEqual(['HELD', 'PENDING']);
});
