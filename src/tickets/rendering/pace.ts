import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';

/** From the start of one page to that of the next, while the process is busy: so 64 are still answered in time. */
const BUSY_INTERVAL_MS = 50;
/** The share of its time that the event loop of a busy process works; one that sells also waits for its database. */
const BUSY = 0.4;

/** Pages are made one right after the other while the process has time for them, and at a walk while it sells. */
export class Pace {
  readonly #utilizationSince: typeof performance.eventLoopUtilization;
  #startedAt = Number.NEGATIVE_INFINITY;
  #utilization: ReturnType<typeof performance.eventLoopUtilization>;

  constructor(utilizationSince = performance.eventLoopUtilization) {
    this.#utilizationSince = utilizationSince;
    this.#utilization = utilizationSince();
  }

  /** Resolves when the next page may be begun. */
  async turn(): Promise<void> {
    const { utilization } = this.#utilizationSince(this.#utilization);
    const waitMs = this.#startedAt + BUSY_INTERVAL_MS - performance.now();
    if (waitMs > 0 && utilization > BUSY) await delay(waitMs);
    this.#startedAt = performance.now();
    this.#utilization = this.#utilizationSince();
  }
}
