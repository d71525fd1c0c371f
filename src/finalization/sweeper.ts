import { setTimeout as pause } from 'node:timers/promises';
import type { Database } from '../platform/database.ts';
import { Poller } from '../platform/poller.ts';
import type { BookingsAtWork } from './bookings-at-work.ts';
import { claimDue, nextDueInMs, type PendingBooking } from './pending-bookings.ts';

/** While no job can come, bookings are looked for this often, and are due at this age. */
const UNREACHABLE_INTERVAL_MS = 500;
const UNREACHABLE_AGE_MS = 1_000;
/** When the database took none of the bookings it was given, the next ones wait a little. */
const REFUSED_PAUSE_MS = 1_000;

export interface SweeperParts {
  readonly db: Database;
  readonly atWork: BookingsAtWork;
  /** Resolves with whether the database took it. */
  readonly finalize: (booking: PendingBooking) => Promise<boolean>;
  /** Whether jobs come to this process by the queue. */
  readonly reachable: () => boolean;
  readonly onError: (error: unknown) => void;
  readonly onSwept: (bookings: number) => void;
  readonly intervalMs: number;
  /** PENDING bookings younger than this are left alone: their job is on its way. */
  readonly ageMs: number;
}

/**
 * Finalizes PENDING bookings from the database alone, whatever the queue has lost, kept or forgotten: those that are due,
 * the oldest first, in batches, as places for them become free. The first sweep takes all that were there before it,
 * whatever their age: after a start nobody knows which jobs the last process left behind.
 */
export class Sweeper {
  readonly #parts: SweeperParts;
  readonly #poller: Poller;
  #startedAt = 0;
  #sweptAll = false;
  #atWork = 0;
  #oneIsDone = Promise.withResolvers<void>();
  /** Since the last batch. */
  #results = { taken: 0, refused: 0 };

  constructor(parts: SweeperParts) {
    this.#parts = parts;
    const { intervalMs, reachable, onError } = parts;
    this.#poller = new Poller({
      intervalMs: () => (reachable() ? intervalMs : Math.min(intervalMs, UNREACHABLE_INTERVAL_MS)),
      look: () => this.#sweep(),
      onError,
    });
  }

  start(): void {
    this.#startedAt = performance.now();
    this.#poller.start();
  }

  /** Claims nothing any more; what it has begun goes on. */
  async stop(): Promise<void> {
    const stopped = this.#poller.stop();
    this.#oneIsDone.resolve();
    await stopped;
  }

  /** A booking is due then. */
  dueIn(ms: number): void {
    this.#poller.lookIn(ms);
  }

  async #sweep(): Promise<void> {
    const { db, atWork, onSwept } = this.#parts;
    for (let after = 0; ; ) {
      const limit = await this.#room();
      if (this.#poller.stopped) return;
      const due = await claimDue(db, { after, limit, ageMs: this.#ageMs(), except: atWork.ids() });
      for (const booking of due) void this.#finalize(booking);
      if (due.length > 0) onSwept(due.length);
      const last = due[limit - 1];
      if (!last) break;
      after = last.bookingId;
      // Retries that have come due meanwhile are before the rest of a backlog.
      if (this.#poller.isDue) {
        after = 0;
        this.#poller.beginInterval();
      }
    }
    this.#sweptAll = true;
    const nextInMs = await nextDueInMs(db);
    if (nextInMs !== null) this.dueIn(nextInMs);
  }

  #ageMs(): number {
    const { ageMs, reachable } = this.#parts;
    const usual = reachable() ? ageMs : Math.min(ageMs, UNREACHABLE_AGE_MS);
    return this.#sweptAll ? usual : Math.min(usual, performance.now() - this.#startedAt);
  }

  /** Resolves with how many bookings may be claimed now, when that is half of the share or more. */
  async #room(): Promise<number> {
    const { sweptShare } = this.#parts.atWork;
    while (this.#atWork > sweptShare / 2 && !this.#poller.stopped) await this.#oneIsDone.promise;
    const { taken, refused } = this.#results;
    this.#results = { taken: 0, refused: 0 };
    if (refused > 0 && taken === 0) {
      await pause(REFUSED_PAUSE_MS, undefined, { signal: this.#poller.signal }).catch(() => undefined);
    }
    return sweptShare - this.#atWork;
  }

  async #finalize(booking: PendingBooking): Promise<void> {
    this.#atWork++;
    const taken = await this.#parts.finalize(booking);
    this.#results[taken ? 'taken' : 'refused']++;
    this.#atWork--;
    this.#oneIsDone.resolve();
    this.#oneIsDone = Promise.withResolvers();
  }
}
