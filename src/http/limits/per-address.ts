import { addressKey } from './address-key.ts';

/** How much of something each address, and of IPv6 each /64, has at the moment. */
export class PerAddress {
  readonly #max: number;
  readonly #counts = new Map<string, number>();

  /** @param max 0: any number */
  constructor(max: number) {
    this.#max = max;
  }

  isFull(address: string | undefined): boolean {
    return this.#max > 0 && (this.#counts.get(addressKey(address)) ?? 0) >= this.#max;
  }

  enter(address: string | undefined): void {
    const key = addressKey(address);
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }

  leave(address: string | undefined): void {
    const key = addressKey(address);
    const left = (this.#counts.get(key) ?? 0) - 1;
    if (left > 0) this.#counts.set(key, left);
    else this.#counts.delete(key);
  }
}
