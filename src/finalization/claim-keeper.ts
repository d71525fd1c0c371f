import type { Database } from '../platform/database.ts';
import type { BookingsAtWork } from './bookings-at-work.ts';
import { renewClaims } from './pending-bookings.ts';

/**
 * A booking that is at work for so long is claimed anew, also one that came by the queue: long before its age would make it
 * another worker's, and often enough that some renewals may fail.
 */
const RENEW_INTERVAL_MS = 1_000;

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
