import fc from 'fast-check';
import type { BookingStatus } from '../../src/bookings/booking-status.ts';

export type End = Exclude<BookingStatus, 'PENDING'>;
export interface Wish {
  /** Which of the two events. */
  readonly event: number;
  readonly userId: string;
  readonly quantity: number;
  readonly idempotencyKey: string | null;
}
export interface Move {
  /** Which booking of the earlier batches, counted around. */
  readonly booking: number;
  readonly to: End;
  /** Turns of the event loop that it comes after the wishes. */
  readonly turns: number;
}
/** The connection breaks at the `skip`th commit of bookings from now on, `times` times. */
export interface Breakdown {
  readonly point: 'booking:before-commit' | 'booking:after-commit';
  skip: number;
  times: number;
}
export interface Batch {
  readonly wishes: readonly Wish[];
  readonly moves: readonly Move[];
  readonly breakdown: Breakdown | null;
}
const wish: fc.Arbitrary<Wish> = fc.record({
  event: fc.constantFrom(0, 0, 0, 1),
  userId: fc.constantFrom('ann', 'bob', 'cy'),
  quantity: fc.constantFrom(1, 1, 1, 2, 2, 3, 4, 5),
  idempotencyKey: fc.constantFrom(null, null, 'k', 'l', 'm'),
});
const move: fc.Arbitrary<Move> = fc.record({
  booking: fc.nat(20),
  to: fc.constantFrom('FINALIZED', 'FAILED', 'CANCELLED', 'CANCELLED'),
  turns: fc.nat(8),
});
const breakdown: fc.Arbitrary<Breakdown> = fc.record({
  point: fc.constantFrom('booking:before-commit', 'booking:after-commit'),
  skip: fc.nat(2),
  times: fc.constantFrom(1, 1, 2),
});
export const batch: fc.Arbitrary<Batch> = fc.record({
  wishes: fc.array(wish, { maxLength: 12 }),
  moves: fc.oneof(fc.constant([]), fc.array(move, { maxLength: 8 })),
  breakdown: fc.option(breakdown, { freq: 2 }),
});
export const limits = fc.record({
  capacity: fc.integer({ min: 1, max: 24 }),
  maxPerBooking: fc.constantFrom(3, 4, 5),
  maxPerUser: fc.constantFrom(null, null, 4, 8),
});
