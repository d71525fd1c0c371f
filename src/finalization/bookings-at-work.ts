import PQueue from 'p-queue';

/** Between `fresh`, which come by the fast way, and `swept` ones the places are shared. */
type Lane = 'fresh' | 'swept';

interface AtWork {
  readonly id: number;
  readonly since: number;
}

/** The bookings this process is at: so many at once, none of them twice. */
export class BookingsAtWork {
  /** Swept bookings never take more than this, so a fresh one is not made to wait behind a backlog. */
  readonly sweptShare: number;
  readonly #slots: PQueue;
  readonly #known = new Map<string, AtWork>();
  #stopping = false;

  /** @param concurrency of both lanes together */
  constructor(concurrency: number) {
    this.#slots = new PQueue({ concurrency });
    this.sweptShare = Math.ceil(concurrency / 2);
  }

  /** Their ids, of those that have been at work for so long. */
  ids(atLeastMs = 0): number[] {
    const latest = performance.now() - atLeastMs;
    return [...this.#known.values()].filter(({ since }) => since <= latest).map(({ id }) => id);
  }

  get stopping(): boolean {
    return this.#stopping;
  }

  /** Runs `work` when there is a place for it; not at all when the process stops before. Swept ones, being few, go first. */
  async begin(lane: Lane, work: () => Promise<void>): Promise<void> {
    await this.#slots.add(() => (this.#stopping ? undefined : work()), { priority: lane === 'swept' ? 1 : 0 });
  }

  /** Runs `work` unless the booking is at work already. */
  async during(booking: { readonly bookingId: number; readonly reference: string }, work: () => Promise<void>) {
    if (this.#known.has(booking.reference)) return;
    this.#known.set(booking.reference, { id: booking.bookingId, since: performance.now() });
    try {
      await work();
    } finally {
      this.#known.delete(booking.reference);
    }
  }

  /** Begins nothing any more. */
  stop(): void {
    this.#stopping = true;
  }

  /** Resolves when nothing is at work. */
  async idle(): Promise<void> {
    await this.#slots.onIdle();
  }
}
