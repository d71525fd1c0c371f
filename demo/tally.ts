/** What the buyers met with, counted while they do. */
export class Tally {
  /** Buyers who have asked. */
  came = 0;
  /** Answers of bookTicket that refused, for good. */
  refused = 0;
  /** Bookings and entries of the waiting list whose end was seen over a WebSocket. */
  told = 0;
  /** Those that somebody began to watch. */
  watched = 0;
  joined = 0;
  offered = 0;
  readonly #answersMs: number[] = [];
  readonly #finalMs: number[] = [];

  answered(ms: number): void {
    this.#answersMs.push(ms);
  }

  final(ms: number): void {
    this.#finalMs.push(ms);
  }

  /** Bookings that were seen to be final. */
  get finals(): number {
    return this.#finalMs.length;
  }

  /** Of the answers of bookTicket, in milliseconds. */
  get answers(): { readonly p50: number; readonly p99: number } {
    return { p50: percentile(this.#answersMs, 0.5), p99: percentile(this.#answersMs, 0.99) };
  }

  /** From the answer that says PENDING to FINALIZED at the buyer, in milliseconds; the median. */
  get untilFinal(): number {
    return percentile(this.#finalMs, 0.5);
  }
}

/** @returns 0 when there are none */
function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
