import { beforeEach, describe, expect, test } from 'vitest';
import type { Booking } from '../../src/bookings/booking.entity.ts';
import type { BookingStatus } from '../../src/bookings/booking-status.ts';
import { ShownBookings } from '../../src/bookings/live/shown-bookings.ts';

const MINUTE_MS = 60_000;
const NONE_MISSED = Number.POSITIVE_INFINITY;

const booking = (id: number, version = 1, status: BookingStatus = 'PENDING') => ({ id, version, status }) as Booking;
const final = (id: number) => booking(id, 2, 'FINALIZED');
const thereWere = (olderThan: number, ...bookings: Booking[]) => {
  const byId = new Map(bookings.map(({ id, version, status }) => [id, { version, status }]));
  return { olderThan, newest: bookings.at(-1)?.id ?? 0, byId };
};

describe('what the watchers of all bookings have seen', () => {
  let shown: ShownBookings;
  beforeEach(() => {
    shown = new ShownBookings();
    shown.begin(thereWere(0));
  });

  test('is news once per version, and never older than it was', () => {
    expect(shown.take(booking(1), 'hinted')).toBe(true);
    expect(shown.take(booking(1), 'hinted')).toBe(false);
    expect(shown.take(final(1), 'hinted')).toBe(true);
    for (const occasion of ['hinted', 'rechecked', 'missed'] as const) {
      expect(shown.take(booking(1), occasion)).toBe(false);
      expect(shown.take(final(1), occasion)).toBe(false);
    }
    expect(shown.take(booking(1, 3, 'CANCELLED'), 'hinted')).toBe(true);
  });

  test('does not count what was there before anybody watched, unless somebody says that it changed', () => {
    shown = new ShownBookings();
    expect(shown.mark).toBeNull();
    shown.begin(thereWere(3, booking(4), final(5)));
    expect([shown.mark, shown.unfinished, shown.has(5), shown.has(3)]).toEqual([3, [4], true, false]);
    expect(shown.take(booking(4), 'rechecked')).toBe(false);
    expect(shown.take(booking(2), 'rechecked')).toBe(false);
    expect(shown.take(booking(4), 'hinted')).toBe(true);
    expect(shown.take(booking(4), 'hinted')).toBe(false);
    expect(shown.take(final(4), 'rechecked')).toBe(true);
  });

  test('a second watcher does not change what the first has seen', () => {
    shown.take(booking(7), 'hinted');
    shown.begin(thereWere(5, booking(6), final(7)));
    expect([shown.mark, shown.has(6)]).toEqual([0, false]);
  });

  test('is looked for above a mark, which follows when nothing below can come any more', () => {
    for (const id of [1, 2, 4]) shown.take(final(id), 'hinted');
    shown.looked(0, 4, NONE_MISSED);
    expect(shown.mark).toBe(0);
    shown.take(booking(3), 'missed');
    shown.take(final(6), 'hinted');
    shown.looked(MINUTE_MS / 4, 6, NONE_MISSED);
    expect(shown.mark).toBe(0);
    shown.looked(MINUTE_MS, 8, NONE_MISSED);
    expect([shown.mark, [1, 2, 3, 4, 6].filter((id) => shown.has(id))]).toEqual([6, [3]]);
    expect(shown.unfinished).toEqual([3]);
  });

  test('is looked for again from below what was missed, until it has been shown', () => {
    for (const id of [1, 2, 4]) shown.take(final(id), 'hinted');
    shown.looked(0, 4, NONE_MISSED);
    shown.looked(MINUTE_MS, 4, 3);
    expect(shown.mark).toBe(2);
    shown.looked(2 * MINUTE_MS, 4, 3);
    expect(shown.mark).toBe(2);
    shown.take(final(3), 'missed');
    shown.looked(3 * MINUTE_MS, 4, NONE_MISSED);
    expect(shown.mark).toBe(4);
  });

  test('is remembered for the newest 100,000 only; what is forgotten is not looked for', () => {
    for (let id = 1; id <= 100_010; id++) shown.take(final(2 * id), 'hinted');
    expect([shown.size, shown.mark]).toEqual([100_000, 20]);
  });

  test('costs no more memory when it is looked for again and again', () => {
    shown.take(booking(1), 'hinted');
    for (let look = 0; look < 10_000; look++) shown.looked(look * 10, look, NONE_MISSED);
    expect(shown.mark).toBeGreaterThan(6_000);
    // The booking, and a look for each second that something may be late.
    expect(shown.size).toBeLessThanOrEqual(1 + 32);
  });
});
