import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { environment } from '../../src/configuration/settings.ts';
import type { TicketIssuer } from '../../src/tickets/issue-tickets.ts';
import { issueTickets, MAX_ISSUANCE_MS } from '../../src/tickets/issue-tickets.ts';

const booking = { bookingId: 1, eventId: 1, reference: 'REF', quantity: 3, attempts: 0 };
const returning = (codes: unknown): TicketIssuer => ({ issue: async () => codes as string[] });

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('one code of its own for each place is what the issuer has issued', async () => {
  expect(await issueTickets(returning(['a', 'b', 'x'.repeat(64)]), booking)).toEqual({
    kind: 'issued',
    codes: ['a', 'b', 'x'.repeat(64)],
  });
});

test.each([
  ['too few codes', ['a', 'b']],
  ['too many', ['a', 'b', 'c', 'd']],
  ['none', []],
  ['the same one twice', ['a', 'b', 'a']],
  ['as many different ones as there are places, and one of them twice', ['a', 'b', 'c', 'a']],
  ['an empty one', ['a', 'b', '']],
  ['one that is longer than any', ['a', 'b', 'x'.repeat(65)]],
  ['one that is no text', ['a', 'b', 3]],
  ['no list', 'abc'],
  ['nothing', undefined],
])('%s: the issuer has failed', async (_what, codes) => {
  expect(await issueTickets(returning(codes), booking)).toEqual({ kind: 'failed', error: expect.any(Error) });
});

test('an issuer that rejects, or throws, has failed with its own error', async () => {
  const error = new Error('no paper');
  const throwing: TicketIssuer = {
    issue() {
      throw error;
    },
  };
  expect(await issueTickets({ issue: () => Promise.reject(error) }, booking)).toEqual({ kind: 'failed', error });
  expect(await issueTickets(throwing, booking)).toEqual({ kind: 'failed', error });
});

test('an issuer that does not answer for longer than the slowest simulated one takes has failed', async () => {
  const asked = issueTickets({ issue: () => new Promise(() => undefined) }, booking);
  let settled = false;
  void asked.finally(() => {
    settled = true;
  });
  await vi.advanceTimersByTimeAsync(MAX_ISSUANCE_MS - 1);
  expect(settled).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(await asked).toMatchObject({ kind: 'failed' });
  expect(environment.safeParse({ ISSUANCE_DELAY_MS: String(MAX_ISSUANCE_MS) }).success).toBe(false);
});

test('no timer is left behind by an issuer that has answered', async () => {
  await issueTickets(returning(['a', 'b', 'c']), booking);
  expect(vi.getTimerCount()).toBe(0);
});
