import { Poller } from '../platform/poller.ts';
import type { RepeatedTrouble } from '../platform/repeated-trouble.ts';
import type { WakeUp } from '../platform/wake-up.ts';
import { type CancelBookingsParts, cancelBookingsOf } from './cancel-bookings.ts';
import { eventsToCancel } from './cancelled-events.ts';

const EVENTS_PER_READ = 100;
const STOP_DEADLINE_MS = 5_000;

export interface CancellationParts extends CancelBookingsParts {
  /** Told of an event that is cancelled. */
  readonly cancellations: Pick<WakeUp, 'listen'>;
  readonly databaseTrouble: RepeatedTrouble;
  /** Between two looks for cancelled events, when nobody tells of one. */
  readonly sweepIntervalMs: number;
}

/** The worker's part in the cancellation of events: from the database alone, sooner when it is told of one. */
export class Cancellation {
  readonly #parts: CancellationParts;
  readonly #poller: Poller;
  #endHints: Promise<() => void> | null = null;

  constructor(parts: CancellationParts) {
    this.#parts = parts;
    this.#poller = new Poller({
      intervalMs: () => parts.sweepIntervalMs,
      look: () => this.#cancelWhatIsOwed(),
      onError: (error) =>
        parts.databaseTrouble.note('error', 'cancelled events cannot be read, it is tried again', error),
    });
  }

  start(): void {
    this.#endHints = this.#parts.cancellations.listen(() => this.#poller.lookNow());
    this.#poller.start();
  }

  /** Begins no group any more, and waits for the one that has begun, for at most 5 seconds. */
  async stop(): Promise<void> {
    await this.#poller.stop(STOP_DEADLINE_MS);
    const endHints = this.#endHints;
    this.#endHints = null;
    (await endHints)?.();
  }

  async #cancelWhatIsOwed(): Promise<void> {
    for (let after: number | undefined = 0; after !== undefined && !this.#poller.stopped; ) {
      const ids = await eventsToCancel(this.#parts.db, after, EVENTS_PER_READ);
      for (const id of ids) await this.#cancelBookingsOf(id);
      after = ids[EVENTS_PER_READ - 1];
    }
  }

  /** An event whose bookings cannot be cancelled holds up none of the others. */
  async #cancelBookingsOf(eventId: number): Promise<void> {
    if (this.#poller.stopped) return;
    const { databaseTrouble } = this.#parts;
    await cancelBookingsOf(this.#parts, eventId, this.#poller.signal).catch((error: unknown) =>
      databaseTrouble.note('error', 'bookings of a cancelled event cannot be cancelled, it is tried again', error, {
        eventId,
      }),
    );
  }
}
