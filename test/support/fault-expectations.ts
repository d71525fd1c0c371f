import { expect } from 'vitest';
import { type Attempt, BookingClient } from './booking-client.ts';
import { falseRefusals, keysWithSeveral, lostBookings } from './booking-promises.ts';
import { type BoxOfficeProcess, INFO, type LogLine, WARN } from './boxoffice-process.ts';
import { eventually } from './eventually.ts';
import { allFinalized, bookingsOf, type Stats, statsOf } from './graphql-client.ts';
import { allWell } from './readiness.ts';

/** Every booking that a client was told of exists, with that user and quantity. */
export async function expectNothingLost(url: string, eventId: string, attempts: readonly Attempt[]): Promise<void> {
  expect(lostBookings(attempts, [...(await bookingsOf(url, eventId)).values()])).toEqual([]);
}

/**
 * Sends each attempt again under its key: whoever was told of a booking is told of the same one, and whoever was not
 * gets one now, or has one already. So every attempt has exactly one in the end.
 */
export async function expectRetriesFindTheSame(
  url: string,
  eventId: string,
  attempts: readonly Attempt[],
): Promise<void> {
  const client = new BookingClient();
  const repeats = await Promise.all(attempts.map(({ input }) => client.book(url, input)));
  client.close();
  expect(repeats.map(({ outcome }) => outcome.kind)).toEqual(attempts.map(() => 'booked'));
  const rows = [...(await bookingsOf(url, eventId)).values()];
  expect(lostBookings([...attempts, ...repeats], rows)).toEqual([]);
  expect(keysWithSeveral([...attempts, ...repeats], rows)).toEqual([]);
  expect(rows.map(({ userId }) => userId).sort()).toEqual(attempts.map(({ input }) => input.userId).sort());
}

/** Without cancellations a sold-out event stays so: nobody may get a place after anybody was told there is none. */
export async function expectNoFalseSoldOut(url: string, eventId: string, attempts: readonly Attempt[]): Promise<void> {
  const { capacity } = await statsOf(url, eventId);
  const rows = [...(await bookingsOf(url, eventId)).values()];
  expect(falseRefusals(attempts, rows, [{ id: eventId, capacity, maxPerUser: null }])).toEqual([]);
}

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

/** Of all that a process prints about one outage, whatever is asked of it meanwhile. */
const MAX_OUTAGE_BYTES = 1_500;
export const ERROR = 50;

/**
 * Waits until a process has said that a dependency is back. From `printedBefore` on it has said that, and that it was
 * away, and no more than a line besides. @returns the line that says it is back
 */
export async function expectTwoLines(
  process: BoxOfficeProcess,
  printedBefore: number,
  { name, level = WARN }: { name: string; level?: number },
): Promise<LogLine> {
  const told = () => process.logs.filter(({ dependency }) => dependency === name);
  await eventually(() => told().length >= 2);
  const [away, back, ...more] = told() as [LogLine, LogLine, ...LogLine[]];
  expect(away).toMatchObject({ level, msg: expect.stringMatching(`^${name} is away, `), reason: expect.any(String) });
  expect(back).toMatchObject({ level: INFO, msg: `${name} is back`, durationMs: expect.any(Number) });
  expect(more).toEqual([]);
  const printed = process.stdout.slice(printedBefore);
  expect(printed).not.toContain('"stack"');
  expect(printed.trimEnd().split('\n').length).toBeLessThanOrEqual(3);
  expect(printed.length).toBeLessThan(MAX_OUTAGE_BYTES);
  return back;
}
