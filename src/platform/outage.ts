import { setTimeout as delay } from 'node:timers/promises';
import { isUnavailable } from './transient-errors.ts';

const PROBE_INTERVAL_MS = 1_000;

/** The end of an outage, for all who wait for it: one question at a time is asked, however many they are. */
export class Outage {
  readonly #ping: () => Promise<void>;
  #end: Promise<void> | null = null;
  #closed = false;

  /** @param ping rejects during the outage */
  constructor(ping: () => Promise<void>) {
    this.#ping = ping;
  }

  /**
   * Runs `read`, and once more when it failed for an outage that ends within `patienceMs`.
   * @throws what `read` throws
   */
  async outlast<T>(read: () => Promise<T>, patienceMs: number): Promise<T> {
    try {
      return await read();
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      this.#end ??= this.#watch();
      const patience = delay(patienceMs, 'it goes on', { ref: false });
      if ((await Promise.race([this.#end, patience])) === 'it goes on') throw error;
      return read();
    }
  }

  close(): void {
    this.#closed = true;
  }

  async #watch(): Promise<void> {
    for (let answers = false; !answers && !this.#closed; ) {
      await delay(PROBE_INTERVAL_MS, undefined, { ref: false });
      answers = await this.#ping().then(
        () => true,
        () => false,
      );
    }
    this.#end = null;
  }
}
