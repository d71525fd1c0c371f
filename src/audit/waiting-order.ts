import type { Database } from '../platform/database.ts';

/** What tells who was offered something before whom. */
export interface SeenEntry {
  readonly id: number;
  readonly eventId: number;
  readonly quantity: number;
  readonly status: string;
  readonly createdAt: Date | string | number;
  readonly offeredAt: Date | string | number | null;
  /** The booking that was offered: the transactions of an event that offer take turns, so ids of bookings are in their order. */
  readonly offerId: number | null;
}

/** Of earlier entries of an event that want the same number of places. */
interface Earlier {
  /** One that waits still. */
  waiting: SeenEntry | null;
  /** The one that was offered something last. */
  last: SeenEntry | null;
}

/**
 * On PostgreSQL an entry may be committed after one with a higher id, which nobody who offers can know. It takes no longer than
 * the longest transaction, and both times are by the database's clock.
 */
const MAX_COMMIT_MS = 60_000;

const WHAT_BECAME_OF_IT = `select w.id, w.event_id as "eventId", w.quantity, w.status, w.created_at as "createdAt",
    w.offered_at as "offeredAt", b.id as "offerId"
  from waiting_list w left join bookings b on b.waiting_list_entry_id = w.id where w.id = ?`;

/** Who has overtaken whom, of entries that are seen in the order of their ids. */
export class WaitingOrder {
  readonly #db: Database;
  readonly #earlierByEvent = new Map<number, Map<number, Earlier>>();

  constructor(db: Database) {
    this.#db = db;
  }

  /** @returns whether it was offered places although one before it, who wants no more, was not */
  async overtakes(entry: SeenEntry): Promise<boolean> {
    const ofEvent = this.#earlierByEvent.get(entry.eventId) ?? new Map<number, Earlier>();
    this.#earlierByEvent.set(entry.eventId, ofEvent);
    const overtakes = await this.#overtakesOneOf(entry, ofEvent);
    const same = ofEvent.get(entry.quantity) ?? { waiting: null, last: null };
    ofEvent.set(entry.quantity, same);
    note(same, entry);
    return overtakes;
  }

  async #overtakesOneOf(entry: SeenEntry, ofEvent: ReadonlyMap<number, Earlier>): Promise<boolean> {
    if (entry.offerId === null) return false;
    for (const [quantity, earlier] of ofEvent) {
      if (quantity > entry.quantity) continue;
      if (isOvertaken(earlier.waiting, entry)) await this.#lookAgain(earlier);
      if (isOvertaken(earlier.waiting, entry) || isOvertaken(earlier.last, entry)) return true;
    }
    return false;
  }

  /** Who waited when it was read may have been offered something before those that are read now. */
  async #lookAgain(earlier: Earlier): Promise<void> {
    const { id } = earlier.waiting as SeenEntry;
    earlier.waiting = null;
    const [now] = await this.#db.em().execute<SeenEntry[]>(WHAT_BECAME_OF_IT, [id]);
    if (now) note(earlier, now);
  }
}

function note(earlier: Earlier, entry: SeenEntry): void {
  if (entry.status === 'WAITING') earlier.waiting ??= entry;
  if ((entry.offerId ?? 0) > (earlier.last?.offerId ?? 0)) earlier.last = entry;
}

function isOvertaken(earlier: SeenEntry | null, entry: SeenEntry): boolean {
  if (earlier === null || timeOf(entry.offeredAt) - timeOf(earlier.createdAt) <= MAX_COMMIT_MS) return false;
  return earlier.offerId === null || earlier.offerId > (entry.offerId as number);
}

function timeOf(stored: Date | string | number | null): number {
  return new Date(stored ?? 0).getTime();
}
