/** A moment that the server named lies somewhere between asking and being answered. */
interface Observation {
  readonly serverMs: number;
  /** How exact the server was: its Date header has whole seconds. */
  readonly precisionMs: number;
  readonly askedAtMs: number;
  readonly answeredAtMs: number;
}

/** How far the bounds may be off before they are taken for those of a clock that was set. */
const DRIFT_MS = 250;

/** The server's clock, by what answers say of it: phones are minutes off. */
export class ServerClock {
  #earliest = Number.NEGATIVE_INFINITY;
  #latest = Number.POSITIVE_INFINITY;
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  observe({ serverMs, precisionMs, askedAtMs, answeredAtMs }: Observation): void {
    const earliest = serverMs - answeredAtMs;
    const latest = serverMs + precisionMs - askedAtMs;
    const agrees = earliest <= this.#latest + DRIFT_MS && latest >= this.#earliest - DRIFT_MS;
    this.#earliest = agrees ? Math.max(this.#earliest, earliest) : earliest;
    this.#latest = agrees ? Math.min(this.#latest, latest) : latest;
  }

  /** @returns milliseconds since 1970 */
  now(): number {
    return this.#now() + this.#offset();
  }

  #offset(): number {
    if (!Number.isFinite(this.#earliest) || !Number.isFinite(this.#latest)) return 0;
    return (this.#earliest + this.#latest) / 2;
  }
}
