import { setTimeout as delay } from 'node:timers/promises';
import { Alarm } from '../platform/alarm.ts';
import type { RepeatedTrouble } from '../platform/repeated-trouble.ts';
import type { PubSub } from '../platform/services.ts';
import { type CancelBookingsParts, cancelBookingsOf } from './cancel-bookings.ts';
import { onCancellation } from './cancellation-hints.ts';
import { eventsToCancel } from './cancelled-events.ts';

const EVENTS_PER_READ = 100;
const STOP_DEADLINE_MS = 5_000;

export interface CancellationParts extends CancelBookingsParts {
  readonly pubsub: PubSub;
  readonly databaseTrouble: RepeatedTrouble;
  /** Between two looks for cancelled events, when nobody tells of one. */
  readonly sweepIntervalMs: number;
}

/** The worker's part in the cancellation of events: from the database alone, sooner when it is told of one. */
export class Cancellation {
  readonly #parts: CancellationParts;
  readonly #alarm = new Alarm();
  readonly #stopping = new AbortController();
  #endHints: Promise<() => void> | null = null;
  #running: Promise<void> = Promise.resolve();

  constructor(parts: CancellationParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#endHints = onCancellation(this.#parts.pubsub, () => this.#alarm.ringIn(0));
    this.#running = this.#runUntilStopped();
  }

  /** Begins no group any more, and waits for the one that has begun, for at most 5 seconds. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#alarm.ringIn(0);
    await Promise.race([this.#running, delay(STOP_DEADLINE_MS, undefined, { ref: false })]);
    const endHints = this.#endHints;
    this.#endHints = null;
    (await endHints)?.();
  }

  get #stopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  async #runUntilStopped(): Promise<void> {
    const { sweepIntervalMs, databaseTrouble } = this.#parts;
    while (!this.#stopped) {
      // Set before the look, so that what is told of meanwhile has a look of its own.
      this.#alarm.reset();
      this.#alarm.ringIn(sweepIntervalMs);
      await this.#cancelWhatIsOwed().catch((error: unknown) =>
        databaseTrouble.note('error', 'cancelled events cannot be read, it is tried again', error),
      );
      if (!this.#stopped) await this.#alarm.wait();
    }
  }

  async #cancelWhatIsOwed(): Promise<void> {
    for (let after: number | undefined = 0; after !== undefined && !this.#stopped; ) {
      const ids = await eventsToCancel(this.#parts.db, after, EVENTS_PER_READ);
      for (const id of ids) await this.#cancelBookingsOf(id);
      after = ids[EVENTS_PER_READ - 1];
    }
  }

  /** An event whose bookings cannot be cancelled holds up none of the others. */
  async #cancelBookingsOf(eventId: number): Promise<void> {
    if (this.#stopped) return;
    const { databaseTrouble } = this.#parts;
    await cancelBookingsOf(this.#parts, eventId, this.#stopping.signal).catch((error: unknown) =>
      databaseTrouble.note('error', 'bookings of a cancelled event cannot be cancelled, it is tried again', error, {
        eventId,
      }),
    );
  }
}
