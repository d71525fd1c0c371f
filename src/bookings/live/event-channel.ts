import { type Event, EventSchema } from '../../events/event.entity.ts';
import type { Database } from '../../platform/database.ts';
import type { Logger } from '../../platform/logger.ts';
import { type Booking, BookingSchema } from '../booking.entity.ts';
import { isTerminal } from '../booking-status.ts';

const MAX_IDS_PER_READ = 500;
/** Bookings looked up after a gap in the hints, and bookings remembered as not final; both per event. */
const MAX_MISSED = 10_000;
const MAX_UNFINISHED = 100_000;
/** At most five updates of the numbers a second. */
const STATS_INTERVAL_MS = 200;

type Listener<T> = (value: T) => void;

/**
 * All watchers of one event in this process. However many they are, a hint costs one read of the bookings somebody
 * watches, and the numbers of the event are read once per tick.
 */
export class EventChannel {
  readonly #eventId: number;
  readonly #db: Database;
  readonly #log: Logger;
  readonly #byBooking = new Map<number, Set<Listener<Booking>>>();
  readonly #ofAllBookings = new Set<Listener<Booking>>();
  readonly #ofStats = new Set<Listener<Event>>();
  readonly #changed = new Set<number>();
  /** What the watchers of all bookings have seen: the highest id, and the versions that are not final. */
  #newestSeen = 0;
  readonly #unfinished = new Map<number, number>();
  #reading = false;
  #statsTimer: NodeJS.Timeout | undefined;
  #lastStatsAt = Number.NEGATIVE_INFINITY;

  constructor(eventId: number, db: Database, log: Logger) {
    this.#eventId = eventId;
    this.#db = db;
    this.#log = log;
  }

  get idle(): boolean {
    return this.#byBooking.size + this.#ofAllBookings.size + this.#ofStats.size === 0;
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

  /** @param newestId the event's newest booking, from which on everything is shown */
  watchAllBookings(newestId: number, listener: Listener<Booking>): () => void {
    this.#newestSeen = Math.max(this.#newestSeen, newestId);
    this.#ofAllBookings.add(listener);
    return () => {
      this.#ofAllBookings.delete(listener);
      if (this.#ofAllBookings.size === 0) this.#unfinished.clear();
    };
  }

  watchStats(listener: Listener<Event>): () => void {
    this.#ofStats.add(listener);
    return () => {
      this.#ofStats.delete(listener);
      if (this.#ofStats.size > 0) return;
      clearTimeout(this.#statsTimer);
      this.#statsTimer = undefined;
    };
  }

  /** These bookings changed. */
  hint(ids: readonly number[]): void {
    for (const id of ids) if (this.#ofAllBookings.size > 0 || this.#byBooking.has(id)) this.#changed.add(id);
    void this.#readBookings();
    this.#readStatsSoon();
  }

  /** Hints may have been lost: everything that is watched is read again. */
  recheck(): void {
    this.hint([...this.#byBooking.keys(), ...this.#unfinished.keys()]);
    if (this.#ofAllBookings.size > 0) void this.#findMissed();
  }

  async #findMissed(): Promise<void> {
    try {
      const missed = await this.#db
        .em()
        .find(
          BookingSchema,
          { eventId: this.#eventId, id: { $gt: this.#newestSeen } },
          { fields: ['id'], orderBy: { id: 'asc' }, limit: MAX_MISSED },
        );
      this.hint(missed.map((booking) => booking.id));
    } catch (error) {
      this.#log.warn({ err: error, eventId: this.#eventId }, 'missed bookings could not be read, the next check does');
    }
  }

  async #readBookings(): Promise<void> {
    if (this.#reading) return;
    this.#reading = true;
    try {
      while (this.#changed.size > 0) {
        const ids = [...this.#changed].slice(0, MAX_IDS_PER_READ);
        for (const id of ids) this.#changed.delete(id);
        const bookings = await this.#db.em().find(BookingSchema, { id: { $in: ids } }, { orderBy: { id: 'asc' } });
        for (const booking of bookings) {
          for (const listener of this.#byBooking.get(booking.id) ?? []) listener(booking);
          this.#showToAll(booking);
        }
      }
    } catch (error) {
      this.#log.warn({ err: error, eventId: this.#eventId }, 'watched bookings could not be read, the next check does');
    } finally {
      this.#reading = false;
    }
  }

  #showToAll(booking: Booking): void {
    if (this.#ofAllBookings.size === 0 || booking.version <= (this.#unfinished.get(booking.id) ?? 0)) return;
    this.#newestSeen = Math.max(this.#newestSeen, booking.id);
    if (isTerminal(booking.status)) this.#unfinished.delete(booking.id);
    else if (this.#unfinished.size < MAX_UNFINISHED) this.#unfinished.set(booking.id, booking.version);
    for (const listener of this.#ofAllBookings) listener(booking);
  }

  #readStatsSoon(): void {
    if (this.#ofStats.size === 0 || this.#statsTimer) return;
    const wait = Math.max(0, this.#lastStatsAt + STATS_INTERVAL_MS - performance.now());
    this.#statsTimer = setTimeout(() => void this.#readStats(), wait);
  }

  async #readStats(): Promise<void> {
    this.#lastStatsAt = performance.now();
    this.#statsTimer = undefined;
    try {
      const event = await this.#db.em().findOne(EventSchema, { id: this.#eventId });
      if (event) for (const listener of this.#ofStats) listener(event);
    } catch (error) {
      this.#log.warn({ err: error, eventId: this.#eventId }, 'event numbers could not be read, the next hint does');
    }
  }
}
