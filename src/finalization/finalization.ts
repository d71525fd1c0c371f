import { setTimeout as delay } from 'node:timers/promises';
import type { FinalizationQueue } from '../bookings/finalization-job.ts';
import { BookingsAtWork } from './bookings-at-work.ts';
import { ClaimKeeper } from './claim-keeper.ts';
import { FinalizeBooking, type FinalizeBookingParts } from './finalize-booking.ts';
import { Sweeper } from './sweeper.ts';

const STOP_DEADLINE_MS = 5_000;

export interface FinalizationParts extends Omit<FinalizeBookingParts, 'atWork' | 'retryIn'> {
  readonly queue: FinalizationQueue;
  readonly concurrency: number;
  readonly sweepIntervalMs: number;
  readonly sweepAgeMs: number;
}

/** All that a process does as a worker: bookings come by the queue, and by the sweeper, to one and the same handler. */
export function createFinalization(parts: FinalizationParts) {
  const { db, queue, metrics, databaseTrouble } = parts;
  const onError = (error: unknown) =>
    databaseTrouble.note('error', 'pending bookings cannot be read or claimed', error);
  const atWork = new BookingsAtWork(parts.concurrency);
  const finalizeBooking = new FinalizeBooking({ ...parts, atWork, retryIn: (ms) => sweeper.dueIn(ms) });
  const sweeper = new Sweeper({
    db,
    atWork,
    onError,
    finalize: (booking) => finalizeBooking.swept(booking),
    reachable: () => queue.reachable,
    onSwept: (bookings) => metrics.bookingsSwept.inc(bookings),
    intervalMs: parts.sweepIntervalMs,
    ageMs: parts.sweepAgeMs,
  });
  const keeper = new ClaimKeeper({ db, atWork, onError });

  return {
    start(): void {
      queue.process((job) => finalizeBooking.fresh(job));
      sweeper.start();
      keeper.start();
    },

    /** Begins nothing any more, and waits for what has begun, for at most 5 seconds. The rest is due when its claim ends. */
    async stop(): Promise<void> {
      atWork.stop();
      const atRest = Promise.all([sweeper.stop(), atWork.idle(), queue.close()]);
      await Promise.race([atRest, delay(STOP_DEADLINE_MS, undefined, { ref: false })]);
      await keeper.stop();
    },
  };
}
