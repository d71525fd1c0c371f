import type { Database } from '../../platform/database.ts';
import type { RepeatedTrouble } from '../../platform/repeated-trouble.ts';
import { firstWaiting } from '../offers/first-waiting.ts';
import { hasEnded, type WaitingListEntry } from '../offers/waiting-list-entry.entity.ts';
import { type EntryNow, MAX_AHEAD, readEntries } from '../offers/waiting-list-queries.ts';
import { UPDATE_INTERVAL_MS } from './event-numbers.ts';
import { PacedReads } from './paced-reads.ts';
import type { UpdateStream } from './update-stream.ts';

const MAX_IDS_PER_READ = 500;

interface Watched {
  /** null: it was not read yet. */
  entry: WaitingListEntry | null;
  readonly listeners: Set<(entry: EntryNow) => void>;
}

/**
 * The entries of one event's waiting list that somebody watches in this process. However many they are, a tick reads the
 * ids of the first who wait, which tell where everybody stands, and those rows that have changed.
 */
export class WatchedEntries {
  readonly #eventId: number;
  readonly #db: Database;
  readonly #byId = new Map<number, Watched>();
  readonly #changed = new Set<number>();
  readonly #reads: PacedReads;

  constructor(eventId: number, db: Database, trouble: RepeatedTrouble) {
    this.#eventId = eventId;
    this.#db = db;
    this.#reads = new PacedReads(
      UPDATE_INTERVAL_MS,
      () => this.#read(),
      (error) => trouble.note('warn', 'a waiting list could not be read, the next hint does', error, { eventId }),
    );
  }

  /** @returns the function that ends it */
  watch(id: number, listener: (entry: EntryNow) => void): () => void {
    const watched = this.#byId.get(id) ?? { entry: null, listeners: new Set() };
    this.#byId.set(id, watched);
    watched.listeners.add(listener);
    return () => {
      watched.listeners.delete(listener);
      if (watched.listeners.size === 0) this.#byId.delete(id);
      if (this.#byId.size === 0) this.#reads.cancel();
    };
  }

  /** These have changed, or somebody before others has. */
  hint(ids: readonly number[]): void {
    for (const id of ids) if (this.#byId.has(id)) this.#changed.add(id);
    if (this.#byId.size > 0) this.#reads.soon();
  }

  /** Hints may have been lost. */
  recheck(): void {
    this.hint([...this.#byId.keys()]);
  }

  async #read(): Promise<void> {
    const changed = [...this.#changed];
    this.#changed.clear();
    try {
      const first = await firstWaiting(this.#db, this.#eventId, MAX_AHEAD);
      const place = new Map(first.map((id, i) => [id, i]));
      const last = first.length < MAX_AHEAD ? Number.POSITIVE_INFINITY : (first.at(-1) as number);
      const outdated = [...this.#byId].filter(([id, { entry }]) => {
        return entry === null || (entry.status === 'WAITING' && id <= last && !place.has(id));
      });
      await this.#readRows([...new Set([...changed, ...outdated.map(([id]) => id)])]);
      for (const watched of this.#byId.values()) show(watched, place);
    } catch (error) {
      for (const id of changed) this.#changed.add(id);
      throw error;
    }
  }

  async #readRows(ids: readonly number[]): Promise<void> {
    for (let from = 0; from < ids.length; from += MAX_IDS_PER_READ) {
      for (const entry of await readEntries(this.#db, ids.slice(from, from + MAX_IDS_PER_READ))) {
        const watched = this.#byId.get(entry.id);
        if (watched) watched.entry = entry;
      }
    }
  }
}

function show({ entry, listeners }: Watched, place: ReadonlyMap<number, number>): void {
  if (!entry) return;
  const ahead = entry.status === 'WAITING' ? (place.get(entry.id) ?? MAX_AHEAD) : null;
  const now = { ...entry, ahead };
  for (const listener of listeners) listener(now);
}

/** @returns what hands the stream each state of an entry that is news, and ends it with the entry */
export function showEntry(stream: UpdateStream<EntryNow>): (entry: EntryNow) => void {
  let last: EntryNow | null = null;
  return (entry) => {
    const before = last;
    if (before && entry.version < before.version) return;
    // Nobody comes before somebody who waits, so more people ahead are those of an earlier look.
    if (before && entry.version === before.version && (entry.ahead ?? 0) >= (before.ahead ?? 0)) return;
    last = entry;
    stream.push('entry', entry);
    if (hasEnded(entry.status)) stream.complete();
  };
}
