import type { Database } from '../../platform/database.ts';
import type { RepeatedTrouble } from '../../platform/repeated-trouble.ts';
import type { Booking } from '../booking.entity.ts';
import type { EntryNow } from '../offers/waiting-list-queries.ts';
import { type EventNow, EventNumbers } from './event-numbers.ts';
import { RecentBookingsReader, readBookings, readIdsAfter } from './recent-bookings.ts';
import { EventWatcher, type Occasion, ShownBookings } from './shown-bookings.ts';
import type { UpdateHint } from './update-hints.ts';
import { WatchedEntries } from './watched-entries.ts';

const MAX_IDS_PER_READ = 500;
/** Ids that are looked through in one read, and missed bookings that are shown after one look; the next look goes on. */
const MAX_IDS_PER_LOOK = 10_000;
const MAX_MISSED = 10_000;

type Listener<T> = (value: T) => void;

/**
 * All watchers of one event in this process. However many they are, a hint costs one read of the bookings somebody
 * watches, and the numbers of the event are read once per tick.
 */
export class EventChannel {
  readonly #eventId: number;
  readonly #db: Database;
  readonly #trouble: RepeatedTrouble;
  readonly #byBooking = new Map<number, Set<Listener<Booking>>>();
  readonly #ofAllBookings = new Map<Listener<Booking>, EventWatcher>();
  readonly #numbers: EventNumbers;
  readonly #entries: WatchedEntries;
  readonly #changed = new Map<number, Occasion>();
  readonly #recent: RecentBookingsReader;
  /** Kept while somebody watches all bookings. */
  #shown: ShownBookings | null = null;
  #looking = false;
  #reading = false;

  constructor(eventId: number, db: Database, trouble: RepeatedTrouble) {
    this.#eventId = eventId;
    this.#db = db;
    this.#trouble = trouble;
    this.#recent = new RecentBookingsReader(db, eventId);
    this.#numbers = new EventNumbers(eventId, db, trouble);
    this.#entries = new WatchedEntries(eventId, db, trouble);
  }

  /** Bookings kept in mind for those who watch all of them. */
  get remembered(): number {
    return this.#shown?.size ?? 0;
  }

  /** @returns the function that ends it, here and below */
  watchBooking(id: number, listener: Listener<Booking>): () => void {
    const listeners = this.#byBooking.get(id) ?? new Set();
    this.#byBooking.set(id, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.#byBooking.delete(id);
    };
  }

  /** Shows whatever is hinted at. What hints have left out is found once the watcher knows what was `thereBefore` it. */
  watchAllBookings(listener: Listener<Booking>): () => void {
    this.#shown ??= new ShownBookings();
    this.#ofAllBookings.set(listener, new EventWatcher(listener));
    return () => {
      this.#ofAllBookings.delete(listener);
      if (this.#ofAllBookings.size === 0) this.#shown = null;
    };
  }

  /** To be called when hints reach this channel: what is there by now is no news to this watcher. */
  async thereBefore(listener: Listener<Booking>): Promise<void> {
    const recent = await this.#recent.read();
    this.#shown?.begin(recent);
    this.#ofAllBookings.get(listener)?.comeAfter(recent);
  }

  watchStats(listener: Listener<EventNow>): () => void {
    return this.#numbers.watch(listener);
  }

  /** An entry of the waiting list. */
  watchEntry(id: number, listener: Listener<EntryNow>): () => void {
    return this.#entries.watch(id, listener);
  }

  /** These bookings and entries changed. Resolves when the bookings have been shown, or are being shown by an earlier hint. */
  hint({ ids, entries = [] }: UpdateHint): Promise<void> {
    this.#numbers.readSoon();
    this.#entries.hint(entries);
    return this.#readAgain(ids, 'hinted');
  }

  /** Hints may have been lost: everything that is watched is read again. */
  recheck(): void {
    void this.#readAgain([...this.#byBooking.keys(), ...(this.#shown?.unfinished ?? [])], 'rechecked');
    this.#numbers.readSoon();
    this.#entries.recheck();
    void this.#lookForMissed();
  }

  #readAgain(ids: readonly number[], occasion: Occasion): Promise<void> {
    for (const id of ids) {
      const watched = this.#ofAllBookings.size > 0 || this.#byBooking.has(id);
      if (watched && (occasion === 'hinted' || !this.#changed.has(id))) this.#changed.set(id, occasion);
    }
    return this.#readBookings();
  }

  async #lookForMissed(): Promise<void> {
    const shown = this.#shown;
    if (!shown || shown.mark === null || this.#looking) return;
    this.#looking = true;
    try {
      const startedAt = performance.now();
      const missed: number[] = [];
      let newest = shown.mark;
      for (let more = true; more && missed.length < MAX_MISSED; ) {
        const ids = await readIdsAfter(this.#db, this.#eventId, newest, MAX_IDS_PER_LOOK);
        missed.push(...ids.filter((id) => !shown.has(id)));
        newest = ids.at(-1) ?? newest;
        more = ids.length === MAX_IDS_PER_LOOK;
      }
      const watchers = [...this.#ofAllBookings.values()];
      // Who has come meanwhile does not know yet what was there before.
      if (this.#shown !== shown || !watchers.every((watcher) => watcher.here)) return;
      shown.looked(startedAt, newest, missed[0] ?? Number.POSITIVE_INFINITY);
      for (const watcher of watchers) watcher.forgetUpTo(shown.mark);
      void this.#readAgain(missed, 'missed');
    } catch (error) {
      this.#trouble.note('warn', 'missed bookings could not be read, the next check does', error, {
        eventId: this.#eventId,
      });
    } finally {
      this.#looking = false;
    }
  }

  async #readBookings(): Promise<void> {
    if (this.#reading) return;
    this.#reading = true;
    try {
      while (this.#changed.size > 0) {
        const occasions = new Map([...this.#changed].slice(0, MAX_IDS_PER_READ));
        for (const id of occasions.keys()) this.#changed.delete(id);
        const ids = [...occasions.keys()];
        const bookings = await readBookings(this.#db, ids);
        for (const booking of bookings) {
          for (const listener of this.#byBooking.get(booking.id) ?? []) listener(booking);
          this.#showToAll(booking, occasions.get(booking.id) as Occasion);
        }
      }
    } catch (error) {
      this.#trouble.note('warn', 'watched bookings could not be read, the next check does', error, {
        eventId: this.#eventId,
      });
    } finally {
      this.#reading = false;
    }
  }

  #showToAll(booking: Booking, occasion: Occasion): void {
    if (!this.#shown?.take(booking, occasion)) return;
    for (const watcher of this.#ofAllBookings.values()) watcher.offer(booking, occasion);
  }
}
