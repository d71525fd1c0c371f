import { within } from './eventually.ts';

const WAIT_MS = 12_000;

/** Keeps what arrives until a test asks for it, so nothing is missed between two questions. */
export class MessageQueue<T> {
  readonly #arrived: T[] = [];
  #wake: (() => void) | null = null;

  get unread(): readonly T[] {
    return this.#arrived;
  }

  push(message: T): void {
    this.#arrived.push(message);
    this.#wake?.();
  }

  /** The oldest unread message. Rejects when none comes within 12 seconds, which is before LiveUpdates' own recheck. */
  async next(timeoutMs = WAIT_MS): Promise<T> {
    if (this.#arrived.length === 0) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      await within(timeoutMs, promise);
      this.#wake = null;
    }
    if (this.#arrived.length === 0) throw new Error(`No message came within ${timeoutMs} ms`);
    return this.#arrived.shift() as T;
  }
}
