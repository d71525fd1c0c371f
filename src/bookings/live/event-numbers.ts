import { type Event, EventSchema } from '../../events/event.entity.ts';
import type { Database } from '../../platform/database.ts';
import type { RepeatedTrouble } from '../../platform/repeated-trouble.ts';
import { waitingCounts } from '../offers/first-waiting.ts';
import { PacedReads } from './paced-reads.ts';

/** At most five updates of the numbers a second. */
export const UPDATE_INTERVAL_MS = 200;

/** An event, and how many entries of its waiting list wait, to 10,000. */
export type EventNow = Event & { readonly waitingCount: number };

export async function readEventNow(db: Database, id: number): Promise<EventNow | null> {
  const event = await db.em().findOne(EventSchema, { id });
  return event && { ...event, waitingCount: (await waitingCounts(db, [id])).get(id) ?? 0 };
}

/** The numbers of one event, for all who watch them in this process: read once per tick, however many changes it has. */
export class EventNumbers {
  readonly #listeners = new Set<(event: EventNow) => void>();
  readonly #reads: PacedReads;

  constructor(eventId: number, db: Database, trouble: RepeatedTrouble) {
    const read = async () => {
      const event = await readEventNow(db, eventId);
      if (event) for (const listener of this.#listeners) listener(event);
    };
    this.#reads = new PacedReads(UPDATE_INTERVAL_MS, read, (error) =>
      trouble.note('warn', 'event numbers could not be read, the next hint does', error, { eventId }),
    );
  }

  /** @returns the function that ends it */
  watch(listener: (event: EventNow) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#reads.cancel();
    };
  }

  /** They have changed. */
  readSoon(): void {
    if (this.#listeners.size > 0) this.#reads.soon();
  }
}
