import { expect } from 'vitest';
import type { Attempt } from '../support/booking-client.ts';
import { eventually } from '../support/eventually.ts';
import { allFinalized, type Stats } from '../support/graphql-client.ts';
import { allWell } from '../support/readiness.ts';

/** Whatever is broken behind it, a process that lives answers each request by then. */
export const ANSWER_BOUND_MS = 5_000;
const READY_BOUND_MS = 10_000;
const TERMINAL_BOUND_MS = 60_000;

export function expectAnsweredInTime(attempts: readonly Attempt[]): void {
  expect(attempts.filter(({ outcome }) => outcome.kind === 'unanswered')).toEqual([]);
  expect(Math.max(...attempts.map(({ startedAt, endedAt }) => endedAt - startedAt))).toBeLessThan(ANSWER_BOUND_MS);
}

/** Since the fault ended: ready with nothing amiss within 10 s, without a restart. */
export async function expectReady(url: string): Promise<void> {
  await eventually(() => allWell(url), { timeoutMs: READY_BOUND_MS, intervalMs: 100 });
}

/** Since the fault ended: no booking is PENDING for longer than a minute. */
export function expectNobodyStranded(url: string, eventId: string): Promise<Stats> {
  return allFinalized(url, eventId, TERMINAL_BOUND_MS);
}
