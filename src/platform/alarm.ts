/** A wait that ends at the earliest of the times it was set to. */
export class Alarm {
  #at = Number.POSITIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  #wake: (() => void) | null = null;

  /** Whether it has gone off since it was last reset. */
  get rung(): boolean {
    return performance.now() >= this.#at;
  }

  /** It goes off so many milliseconds from now, or earlier. */
  ringIn(ms: number): void {
    const at = performance.now() + ms;
    if (at >= this.#at) return;
    this.#at = at;
    if (this.#wake) this.#arm(this.#wake);
  }

  reset(): void {
    this.#at = Number.POSITIVE_INFINITY;
  }

  /** Resolves when it goes off. */
  wait(): Promise<void> {
    return new Promise((resolve) => this.#arm(resolve));
  }

  #arm(wake: () => void): void {
    clearTimeout(this.#timer);
    this.#wake = wake;
    this.#timer = setTimeout(
      () => {
        this.#wake = null;
        wake();
      },
      Math.max(0, this.#at - performance.now()),
    );
  }
}
