/** How much of something each address has at the moment. */
export class PerAddress {
  readonly #max: number;
  readonly #counts = new Map<string, number>();

  /** @param max 0: any number */
  constructor(max: number) {
    this.#max = max;
  }

  isFull(address: string): boolean {
    return this.#max > 0 && (this.#counts.get(address) ?? 0) >= this.#max;
  }

  enter(address: string): void {
    this.#counts.set(address, (this.#counts.get(address) ?? 0) + 1);
  }

  leave(address: string): void {
    const left = (this.#counts.get(address) ?? 0) - 1;
    if (left > 0) this.#counts.set(address, left);
    else this.#counts.delete(address);
  }
}
