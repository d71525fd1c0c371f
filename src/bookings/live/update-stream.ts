/**
 * The source of one subscription: a queue that keeps the newest value per key. A slow client loses values in between,
 * never our memory; leaving releases the source at once, also while the client waits for a value.
 */
export class UpdateStream<T> implements AsyncIterableIterator<T> {
  readonly #pending = new Map<unknown, T>();
  readonly #maxPending: number;
  readonly #onDropped: () => void;
  readonly #release: (() => void)[] = [];
  #waiting: ((result: IteratorResult<T>) => void) | null = null;
  #fail: ((error: unknown) => void) | null = null;
  #failure: { error: unknown } | null = null;
  #ended = false;

  /**
   * @param maxPending keys kept for a client that does not read; one more ends the stream with an error
   * @param onDropped told of each value that a newer one has taken the place of
   */
  constructor(maxPending = 1, onDropped: () => void = () => undefined) {
    this.#maxPending = maxPending;
    this.#onDropped = onDropped;
  }

  /** Called once, when the stream is over for whatever reason. */
  onRelease(release: () => void): void {
    if (this.#ended) release();
    else this.#release.push(release);
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Hands a value to the client, in place of an unread one of the same key. */
  push(key: unknown, value: T): void {
    if (this.#ended) return;
    if (this.#waiting) {
      this.#settle({ done: false, value });
    } else if (this.#pending.has(key)) {
      this.#pending.set(key, value);
      this.#onDropped();
    } else if (this.#pending.size < this.#maxPending) {
      this.#pending.set(key, value);
    } else {
      this.fail(new Error(`A subscriber left more than ${this.#maxPending} updates unread`));
    }
  }

  /** The stream ends after the values that are still unread. */
  complete(): void {
    this.#end();
    if (this.#waiting) this.#settle({ done: true, value: undefined });
  }

  fail(error: unknown): void {
    if (this.#ended) return;
    this.#pending.clear();
    this.#end();
    if (this.#fail) this.#fail(error);
    else this.#failure = { error };
  }

  next(): Promise<IteratorResult<T>> {
    const [first] = this.#pending;
    if (first) {
      this.#pending.delete(first[0]);
      return Promise.resolve({ done: false, value: first[1] });
    }
    if (this.#failure) {
      const { error } = this.#failure;
      this.#failure = null;
      return Promise.reject(error);
    }
    if (this.#ended) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve, reject) => {
      this.#waiting = resolve;
      this.#fail = reject;
    });
  }

  return(): Promise<IteratorResult<T>> {
    this.#pending.clear();
    this.complete();
    return Promise.resolve({ done: true, value: undefined });
  }

  throw(error: unknown): Promise<IteratorResult<T>> {
    void this.return();
    return Promise.reject(error);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #settle(result: IteratorResult<T>): void {
    const resolve = this.#waiting;
    this.#waiting = null;
    this.#fail = null;
    resolve?.(result);
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const release of this.#release.splice(0)) release();
  }
}
