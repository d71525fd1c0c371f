import type { Logger } from './logger.ts';

const LINE_INTERVAL_MS = 10_000;

/**
 * Requests that were told to come again: `busy` bookings, and whatever else was `unavailable` while all that is needed
 * was there. However many they are, they are one line in ten seconds.
 */
export class TurnedAway {
  readonly #log: Logger;
  #counts = { busy: 0, unavailable: 0 };
  #timer: NodeJS.Timeout | undefined;

  constructor(log: Logger) {
    this.#log = log;
  }

  count(what: 'busy' | 'unavailable'): void {
    this.#counts[what]++;
    this.#timer ??= setTimeout(() => this.tell(), LINE_INTERVAL_MS).unref();
  }

  /** Says what was counted since the last line, if there is anything. */
  tell(): void {
    if (!this.#timer) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const counts = this.#counts;
    this.#counts = { busy: 0, unavailable: 0 };
    this.#log.warn({ ...counts, withinMs: LINE_INTERVAL_MS }, 'requests were told to come again');
  }
}
