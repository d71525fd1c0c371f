/** What many ask for at about the same time is read once, and nobody waits for it for long. */
export class SharedReading<T> {
  readonly #read: () => Promise<T>;
  readonly #bounds: { readonly freshMs: number; readonly timeoutMs: number };
  #reading: Promise<T | null> = Promise.resolve(null);
  #readAt = Number.NEGATIVE_INFINITY;

  constructor(read: () => Promise<T>, bounds: { freshMs: number; timeoutMs: number }) {
    this.#read = read;
    this.#bounds = bounds;
  }

  /** @returns null when it cannot be read, or not in time */
  get(): Promise<T | null> {
    const { freshMs, timeoutMs } = this.#bounds;
    if (performance.now() - this.#readAt < freshMs) return this.#reading;
    this.#readAt = performance.now();
    const timeout = new Promise<null>((resolve) => setTimeout(resolve, timeoutMs, null).unref());
    const read = this.#read().catch(() => null);
    this.#reading = Promise.race([read, timeout]);
    return this.#reading;
  }
}
