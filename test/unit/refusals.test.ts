import { expect, test } from 'vitest';
import {
  busy,
  eventNotFound,
  idempotencyKeyReused,
  limitReached,
  notOnSale,
  soldOut,
} from '../../src/bookings/refusals.ts';

const all = [
  soldOut(3),
  notOnSale('Closed.'),
  limitReached('Too many.'),
  eventNotFound(),
  idempotencyKeyReused(),
  busy(),
];

test('only BUSY may be tried again as it is, and says when', () => {
  const retryable = all.filter((refusal) => refusal.retryable);
  expect(retryable.map(({ code }) => code)).toEqual(['BUSY']);
  for (const { retryable, retryAfterMs } of all) expect(retryAfterMs !== null && retryAfterMs > 0).toBe(retryable);
});

test('only SOLD_OUT tells the places left', () => {
  expect(all.map(({ availableCount }) => availableCount)).toEqual([3, null, null, null, null, null]);
  expect([soldOut(0).message, soldOut(3).message]).toEqual(['Event is sold out.', 'Not enough places left: 3.']);
});
