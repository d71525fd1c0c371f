import { setTimeout as delay } from 'node:timers/promises';
import { Alarm } from './alarm.ts';

/** However soon work is due; also while some is that somebody else is just taking. */
const MIN_PAUSE_MS = 20;

export interface PollerParts {
  /** Between two looks, when nobody asks for one sooner. */
  readonly intervalMs: () => number;
  readonly look: () => Promise<void>;
  /** Told of a look that failed; the next one comes in its time. */
  readonly onError: (error: unknown) => void;
}

/** Looks for work at once, and again when an interval is over or somebody says that there is some, until it is stopped. */
export class Poller {
  readonly #parts: PollerParts;
  readonly #alarm = new Alarm();
  readonly #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();

  constructor(parts: PollerParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#running = this.#lookUntilStopped();
  }

  /** What is told of during a look has one of its own. */
  lookNow(): void {
    this.#alarm.ringIn(0);
  }

  /** Work is due then. */
  lookIn(ms: number): void {
    this.#alarm.ringIn(Math.max(ms, MIN_PAUSE_MS));
  }

  /** Whether the next look is due already. */
  get isDue(): boolean {
    return this.#alarm.rung;
  }

  /** The look that is under way counts as the one that was due. */
  beginInterval(): void {
    this.#alarm.reset();
    this.#alarm.ringIn(this.#parts.intervalMs());
  }

  /** Aborted when it is stopped. */
  get signal(): AbortSignal {
    return this.#stopping.signal;
  }

  get stopped(): boolean {
    return this.signal.aborted;
  }

  /** Begins no look any more, and waits for the one that has begun, at most for so long. */
  async stop(withinMs?: number): Promise<void> {
    this.#stopping.abort();
    this.lookNow();
    const bounds = withinMs === undefined ? [] : [delay(withinMs, undefined, { ref: false })];
    await Promise.race([this.#running, ...bounds]);
  }

  async #lookUntilStopped(): Promise<void> {
    const { look, onError } = this.#parts;
    while (!this.stopped) {
      this.beginInterval();
      await look().catch(onError);
      if (!this.stopped) await this.#alarm.wait();
    }
  }
}
