import { setTimeout as delay } from 'node:timers/promises';
import type { Booking } from '../bookings/booking.entity.ts';
import { EXPIRED_AT_ONCE, expireHolds } from '../bookings/expire-holds.ts';
import { Alarm } from '../platform/alarm.ts';
import type { Database } from '../platform/database.ts';
import type { RepeatedTrouble } from '../platform/repeated-trouble.ts';
import { eventsWithHoldsOver, nextExpiryInMs } from './holds-to-expire.ts';

/** No hold is shorter than a second, so each is known before it ends. */
const LOOK_INTERVAL_MS = 500;
/** Between two looks, however many holds end one after the other. */
const MIN_PAUSE_MS = 20;
const HOLDS_PER_LOOK = 1_000;
/** Between two groups others have their turn. */
const REST_MS = 2;
const STOP_DEADLINE_MS = 5_000;

export interface HoldExpiryParts {
  readonly db: Database;
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
  readonly #alarm = new Alarm();
  readonly #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();

  constructor(parts: HoldExpiryParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#running = this.#runUntilStopped();
  }

  /** Begins no group any more, and waits for the one that has begun, for at most 5 seconds. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#alarm.ringIn(0);
    await Promise.race([this.#running, delay(STOP_DEADLINE_MS, undefined, { ref: false })]);
  }

  get #stopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  async #runUntilStopped(): Promise<void> {
    while (!this.#stopped) {
      this.#alarm.reset();
      this.#alarm.ringIn(LOOK_INTERVAL_MS);
      await this.#expireWhatIsOver().catch((error: unknown) =>
        this.#parts.databaseTrouble.note('error', 'holds that are over cannot be read, it is tried again', error),
      );
      if (!this.#stopped) await this.#alarm.wait();
    }
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
    if (nextInMs !== null) this.#alarm.ringIn(Math.max(nextInMs, MIN_PAUSE_MS));
  }

  /** An event whose holds cannot be ended holds up none of the others. @returns whether they were */
  async #expireHoldsOf(eventId: number): Promise<boolean> {
    const { db, now, expired, databaseTrouble } = this.#parts;
    try {
      for (let more = true; more && !this.#stopped; ) {
        const group = await expireHolds(db, eventId, now());
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
