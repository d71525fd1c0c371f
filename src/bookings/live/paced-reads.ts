/** Reads when asked to, one read at a time and not more often than every interval, however often it is asked. */
export class PacedReads {
  readonly #intervalMs: number;
  readonly #read: () => Promise<void>;
  readonly #onError: (error: unknown) => void;
  #timer: NodeJS.Timeout | undefined;
  #lastReadAt = Number.NEGATIVE_INFINITY;
  #reading = false;
  #askedMeanwhile = false;

  /** @param onError told of a read that failed; the next one comes when it is asked for */
  constructor(intervalMs: number, read: () => Promise<void>, onError: (error: unknown) => void) {
    this.#intervalMs = intervalMs;
    this.#read = read;
    this.#onError = onError;
  }

  /** What is told of during a read has one of its own. */
  soon(): void {
    if (this.#timer) return;
    this.#askedMeanwhile = this.#reading;
    if (this.#reading) return;
    const wait = Math.max(0, this.#lastReadAt + this.#intervalMs - performance.now());
    this.#timer = setTimeout(() => void this.#readNow(), wait);
  }

  /** Nobody needs what was asked for. */
  cancel(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#askedMeanwhile = false;
  }

  async #readNow(): Promise<void> {
    this.#lastReadAt = performance.now();
    this.#timer = undefined;
    this.#reading = true;
    await this.#read().catch(this.#onError);
    this.#reading = false;
    if (this.#askedMeanwhile) this.soon();
  }
}
