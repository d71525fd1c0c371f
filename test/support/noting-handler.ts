import { randomBytes } from 'node:crypto';
import type { FinalizationHandler, FinalizationJob } from '../../src/platform/job-queue.ts';

let lastBookingId = 0;
export function newJob(): FinalizationJob {
  return { bookingId: ++lastBookingId, eventId: 1, reference: randomBytes(8).toString('hex'), quantity: 1 };
}

/** Notes what it is called for; `fail` decides which runs reject. */
export function notingHandler(fail: (job: FinalizationJob, run: number) => boolean = () => false) {
  const runs: number[] = [];
  const givenUp: { bookingId: number; error: unknown }[] = [];
  const handler: FinalizationHandler = {
    async run(job) {
      runs.push(job.bookingId);
      const run = runs.filter((id) => id === job.bookingId).length;
      if (fail(job, run)) throw new Error(`run ${run} failed`);
    },
    async giveUp({ bookingId }, error) {
      givenUp.push({ bookingId, error });
    },
  };
  return { handler, runs, givenUp };
}

/** Counts the runs, and how many of them were at work at once. */
export function countingHandler() {
  const seen = { atWork: 0, most: 0, done: 0 };
  const handler: FinalizationHandler = {
    async run() {
      seen.most = Math.max(seen.most, ++seen.atWork);
      for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
      seen.atWork--;
      seen.done++;
    },
    giveUp: async () => undefined,
  };
  return { handler, seen };
}
