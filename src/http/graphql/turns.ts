/** About two milliseconds of work. */
const MAX_PER_TURN = 100;

/**
 * Thousands who are sent the same update are sent it a hundred at a time, first come, first served; in between the process
 * answers requests. Otherwise each update would keep buyers waiting until the last watcher has it.
 */
export class Turns {
  readonly #waiting: (() => void)[] = [];
  #left = MAX_PER_TURN;
  #renewing = false;

  /** @returns undefined when it may go on at once */
  take(): Promise<void> | undefined {
    if (!this.#renewing) this.#renewSoon();
    if (this.#left > 0) {
      this.#left--;
      return undefined;
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #renewSoon(): void {
    this.#renewing = true;
    setImmediate(() => {
      this.#renewing = false;
      const next = this.#waiting.splice(0, MAX_PER_TURN);
      this.#left = MAX_PER_TURN - next.length;
      if (next.length > 0) this.#renewSoon();
      for (const resolve of next) resolve();
    });
  }
}
