import type { BoxOffice, Connection } from './box-office.ts';

/** Places of an event, and how many wait for some. */
export interface Numbers {
  readonly capacity: number;
  readonly heldCount: number;
  readonly pendingCount: number;
  readonly finalizedCount: number;
  readonly waitingCount: number;
}

const NUMBERS = 'capacity heldCount pendingCount finalizedCount waitingCount';
const ASK = `query ($id: ID!) { eventStats(eventId: $id) { ${NUMBERS} } }`;
const WATCH = `subscription ($id: ID!) { eventStatsChanged(eventId: $id) { ${NUMBERS} } }`;

/** Watches the numbers of an event, as its organizer does. */
export class Dashboard {
  readonly #boxOffice: BoxOffice;
  readonly #connection: Connection;
  readonly #eventId: string;
  readonly #watching: Promise<void>;
  #changed = Promise.withResolvers<void>();
  /** null: they are not known yet. */
  numbers: Numbers | null = null;

  constructor(boxOffice: BoxOffice, eventId: string) {
    this.#boxOffice = boxOffice;
    this.#eventId = eventId;
    this.#connection = boxOffice.connect();
    this.#watching = this.#watch();
  }

  /** Resolves when nothing is held, and nothing waits to be final. */
  async untilQuiet(): Promise<void> {
    for (;;) {
      const changed = this.#changed.promise;
      const { heldCount, pendingCount } = await this.ask();
      if (heldCount + pendingCount === 0) return;
      await changed;
    }
  }

  /** @returns the numbers as they are now */
  async ask(): Promise<Numbers> {
    const { eventStats } = await this.#boxOffice.ask<{ eventStats: Numbers }>(ASK, { id: this.#eventId });
    this.numbers = eventStats;
    return eventStats;
  }

  async close(): Promise<void> {
    await this.#connection.close();
    await this.#watching;
  }

  async #watch(): Promise<void> {
    const updates = this.#connection.watch<{ eventStatsChanged: Numbers }>(WATCH, { id: this.#eventId });
    for await (const { eventStatsChanged } of updates) {
      this.numbers = eventStatsChanged;
      this.#changed.resolve();
      this.#changed = Promise.withResolvers();
    }
  }
}
