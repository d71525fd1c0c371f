import { expect, test } from 'vitest';
import {
  busy,
  eventNotFound,
  idempotencyKeyReused,
  limitReached,
  notOnSale,
  REFUSAL_STATUS,
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

test('each refusal has a code that clients know, and over REST a status', () => {
  expect(all.map(({ kind, code }) => [kind, code, REFUSAL_STATUS[code]])).toEqual([
    ['refused', 'SOLD_OUT', 409],
    ['refused', 'NOT_ON_SALE', 409],
    ['refused', 'LIMIT_REACHED', 409],
    ['refused', 'EVENT_NOT_FOUND', 404],
    ['refused', 'IDEMPOTENCY_KEY_REUSED', 422],
    ['refused', 'BUSY', 503],
  ]);
});
