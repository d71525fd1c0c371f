import type { Database } from '../platform/database.ts';
import type { BookingsAtWork } from './bookings-at-work.ts';
import { renewClaims } from './pending-bookings.ts';

/**
 * Bookings that are at work for so long are claimed once more, also those that came by the queue. Less than half of the age
 * at which another worker's sweeper would take them, and a fifth of a lease.
 */
const RENEW_INTERVAL_MS = 2_000;

export interface ClaimKeeperParts {
  readonly db: Database;
  readonly atWork: BookingsAtWork;
  readonly onError: (error: unknown) => void;
}

/** Keeps what this process is slow at from being taken for the work of a dead one. What is done at once costs nothing. */
export class ClaimKeeper {
  readonly #parts: ClaimKeeperParts;
  #timer: NodeJS.Timeout | undefined;
  #renewing: Promise<void> | null = null;

  constructor(parts: ClaimKeeperParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#timer = setInterval(() => {
      this.#renewing ??= this.#renew().finally(() => {
        this.#renewing = null;
      });
    }, RENEW_INTERVAL_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#renewing;
  }

  async #renew(): Promise<void> {
    const { db, atWork, onError } = this.#parts;
    const ids = atWork.ids(RENEW_INTERVAL_MS);
    if (ids.length > 0) await renewClaims(db, ids).catch(onError);
  }
}
