import { sql } from 'kysely';
import { type Database, selectEntities } from '../../platform/database.ts';
import { type Booking, BookingSchema } from '../booking.entity.ts';
import { firstWaiting, waitingBefore, waitingCounts } from './first-waiting.ts';
import { type WaitingListEntry, WaitingListEntrySchema } from './waiting-list-entry.entity.ts';

/** How many people before somebody are told apart. */
export const MAX_AHEAD = 1_000;

/** An entry as its user sees it. */
export type EntryNow = WaitingListEntry & {
  /** People before this one, to 1,000; null: it waits no longer. */
  readonly ahead: number | null;
};

export class WaitingListQueries {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** @param requiredOwner the user it must belong to; null: anybody's */
  async find(id: number | null, requiredOwner: string | null = null): Promise<EntryNow | null> {
    const entry = id === null ? null : await this.#db.em().findOne(WaitingListEntrySchema, { id });
    return entry && (requiredOwner === null || entry.userId === requiredOwner) ? this.#place(entry) : null;
  }

  async #place(entry: WaitingListEntry): Promise<EntryNow> {
    const ahead = entry.status === 'WAITING' ? await waitingBefore(this.#db, entry, MAX_AHEAD) : null;
    return { ...entry, ahead };
  }

  /** How many wait for places of these events, each to 10,000. */
  counts(eventIds: readonly number[]): Promise<Map<number, number>> {
    return waitingCounts(this.#db, eventIds);
  }

  /** The bookings that were made as offers to these entries. */
  offers(entryIds: readonly number[]): Promise<Booking[]> {
    return selectEntities(
      this.#db.em(),
      BookingSchema,
      sql`select * from bookings ${this.#db.through('bookings_waiting_list_entry')}
        where waiting_list_entry_id is not null and waiting_list_entry_id ${this.#db.oneOf(entryIds)}`,
    );
  }
}

/** Where entries of one event stand: one read, however many they are. */
export async function placeAll(
  db: Database,
  eventId: number,
  entries: readonly WaitingListEntry[],
): Promise<EntryNow[]> {
  if (!entries.some(({ status }) => status === 'WAITING')) return entries.map((entry) => ({ ...entry, ahead: null }));
  const places = new Map((await firstWaiting(db, eventId, MAX_AHEAD)).map((id, i) => [id, i]));
  return entries.map((entry) => {
    return { ...entry, ahead: entry.status === 'WAITING' ? (places.get(entry.id) ?? MAX_AHEAD) : null };
  });
}

export function readEntries(db: Database, ids: readonly number[]): Promise<WaitingListEntry[]> {
  return selectEntities(db.em(), WaitingListEntrySchema, sql`select * from waiting_list where id ${db.oneOf(ids)}`);
}
