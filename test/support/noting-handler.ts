import { randomBytes } from 'node:crypto';
import type { FinalizationHandler, FinalizationJob } from '../../src/bookings/finalization-job.ts';

let lastBookingId = 0;
export function newJob(): FinalizationJob {
  return { bookingId: ++lastBookingId, reference: randomBytes(8).toString('hex') };
}

/** Notes what it is called for. */
export function notingHandler() {
  const runs: number[] = [];
  const handler: FinalizationHandler = async ({ bookingId }) => {
    runs.push(bookingId);
  };
  return { handler, runs };
}

/** Counts the runs, and how many of them were at work at once. */
export function countingHandler() {
  const seen = { atWork: 0, most: 0, done: 0 };
  const handler: FinalizationHandler = async () => {
    seen.most = Math.max(seen.most, ++seen.atWork);
    for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
    seen.atWork--;
    seen.done++;
  };
  return { handler, seen };
}
