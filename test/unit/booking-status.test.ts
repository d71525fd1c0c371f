import { expect, test } from 'vitest';
import { BOOKING_STATUSES, holdsPlaces, isTerminal, statesBefore } from '../../src/bookings/booking-status.ts';

test('a booking moves only along the table of states', () => {
  expect(Object.fromEntries(BOOKING_STATUSES.map((to) => [to, statesBefore(to)]))).toEqual({
    PENDING: [],
    FINALIZED: ['PENDING'],
    FAILED: ['PENDING'],
    CANCELLED: ['PENDING', 'FINALIZED'],
  });
});

test('only PENDING and FINALIZED bookings hold places, and only PENDING goes on for a subscriber', () => {
  expect(BOOKING_STATUSES.filter(holdsPlaces)).toEqual(['PENDING', 'FINALIZED']);
  expect(BOOKING_STATUSES.filter((status) => !isTerminal(status))).toEqual(['PENDING']);
});
