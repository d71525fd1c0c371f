import { setTimeout as delay } from 'node:timers/promises';
import type { Booking } from '../bookings/booking.entity.ts';
import { EXPIRED_AT_ONCE, expireHolds } from '../bookings/expire-holds.ts';
import type { OfferParts } from '../bookings/offers/offer-free-places.ts';
import { Poller } from '../platform/poller.ts';
import type { RepeatedTrouble } from '../platform/repeated-trouble.ts';
import { eventsWithHoldsOver, nextExpiryInMs } from './holds-to-expire.ts';

/** No hold is shorter than a second, so each is known before it ends. */
const LOOK_INTERVAL_MS = 500;
const HOLDS_PER_LOOK = 1_000;
/** Between two groups others have their turn. */
const REST_MS = 2;
const STOP_DEADLINE_MS = 5_000;

export interface HoldExpiryParts extends OfferParts {
  readonly databaseTrouble: RepeatedTrouble;
  readonly now: () => Date;
  /** Called with holds that are EXPIRED since a commit; must not throw. */
  readonly expired: (bookings: readonly Booking[]) => void;
}

/**
 * The worker's part in the end of holds: it writes down what time has decided already, so that those who watch hear of it, and
 * places are shown as free. Nothing is for sale later without it.
 */
export class HoldExpiry {
  readonly #parts: HoldExpiryParts;
  readonly #poller: Poller;

  constructor(parts: HoldExpiryParts) {
    this.#parts = parts;
    this.#poller = new Poller({
      intervalMs: () => LOOK_INTERVAL_MS,
      look: () => this.#expireWhatIsOver(),
      onError: (error) =>
        parts.databaseTrouble.note('error', 'holds that are over cannot be read, it is tried again', error),
    });
  }

  start(): void {
    this.#poller.start();
  }

  /** Begins no group any more, and waits for the one that has begun, for at most 5 seconds. */
  stop(): Promise<void> {
    return this.#poller.stop(STOP_DEADLINE_MS);
  }

  async #expireWhatIsOver(): Promise<void> {
    const { db } = this.#parts;
    let nextInMs = await nextExpiryInMs(db);
    if (nextInMs !== null && nextInMs <= 0) {
      let done = true;
      for (const eventId of await eventsWithHoldsOver(db, HOLDS_PER_LOOK)) {
        done = (await this.#expireHoldsOf(eventId)) && done;
      }
      if (!done) return;
      nextInMs = await nextExpiryInMs(db);
    }
    if (nextInMs !== null) this.#poller.lookIn(nextInMs);
  }

  /** An event whose holds cannot be ended holds up none of the others. @returns whether they were */
  async #expireHoldsOf(eventId: number): Promise<boolean> {
    const { now, expired, databaseTrouble } = this.#parts;
    try {
      for (let more = true; more && !this.#poller.stopped; ) {
        const group = await expireHolds(this.#parts, eventId, now());
        expired(group);
        more = group.length === EXPIRED_AT_ONCE;
        if (more) await delay(REST_MS);
      }
      return true;
    } catch (error) {
      databaseTrouble.note('error', 'holds that are over cannot be ended, it is tried again', error, { eventId });
      return false;
    }
  }
}
