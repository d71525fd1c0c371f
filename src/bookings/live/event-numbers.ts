import { type Event, EventSchema } from '../../events/event.entity.ts';
import type { Database } from '../../platform/database.ts';
import type { RepeatedTrouble } from '../../platform/repeated-trouble.ts';

/** At most five updates of the numbers a second. */
const INTERVAL_MS = 200;

/** The numbers of one event, for all who watch them in this process: read once per tick, however many changes it has. */
export class EventNumbers {
  readonly #eventId: number;
  readonly #db: Database;
  readonly #trouble: RepeatedTrouble;
  readonly #listeners = new Set<(event: Event) => void>();
  #timer: NodeJS.Timeout | undefined;
  #lastReadAt = Number.NEGATIVE_INFINITY;

  constructor(eventId: number, db: Database, trouble: RepeatedTrouble) {
    this.#eventId = eventId;
    this.#db = db;
    this.#trouble = trouble;
  }

  /** @returns the function that ends it */
  watch(listener: (event: Event) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0) return;
      clearTimeout(this.#timer);
      this.#timer = undefined;
    };
  }

  /** They have changed. */
  readSoon(): void {
    if (this.#listeners.size === 0 || this.#timer) return;
    const wait = Math.max(0, this.#lastReadAt + INTERVAL_MS - performance.now());
    this.#timer = setTimeout(() => void this.#read(), wait);
  }

  async #read(): Promise<void> {
    this.#lastReadAt = performance.now();
    this.#timer = undefined;
    try {
      const event = await this.#db.em().findOne(EventSchema, { id: this.#eventId });
      if (event) for (const listener of this.#listeners) listener(event);
    } catch (error) {
      this.#trouble.note('warn', 'event numbers could not be read, the next hint does', error, {
        eventId: this.#eventId,
      });
    }
  }
}
