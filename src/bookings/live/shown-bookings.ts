import type { Booking } from '../booking.entity.ts';
import { isTerminal } from '../booking-status.ts';
import type { RecentBookings } from './recent-bookings.ts';

/** Bookings remembered per event: those that may still change, and those above the mark. */
const MAX_REMEMBERED = 100_000;
/** No transaction takes so long, so what has a lower id than a booking seen so long ago is committed, or never will be. */
const SETTLED_AFTER_MS = 30_000;
const MIN_MARK_DISTANCE_MS = 1_000;

/** How a booking came to be read: somebody said that it changed, or it was looked at again, just in case. */
export type Occasion = 'hinted' | 'rechecked' | 'missed';

interface Shown {
  readonly version: number;
  readonly final: boolean;
  /** false: only known to be there, from before anybody watched. */
  readonly shown: boolean;
}

/** What the watchers of all bookings of an event have seen, so that none is shown twice, or older than before, or never. */
export class ShownBookings {
  readonly #byId = new Map<number, Shown>();
  /** The ids of an event need not follow each other and are not committed in their order: up to here each was seen. */
  #mark: number | null = null;
  /** What was the newest when it was looked for, and when that was. */
  readonly #newest: { readonly at: number; readonly id: number }[] = [];

  /** Nobody has watched before: what is there is not news. */
  begin(recent: RecentBookings): void {
    if (this.#mark !== null) return;
    this.#mark = recent.olderThan;
    for (const [id, { version, status }] of recent.byId) {
      if (!this.#byId.has(id)) this.#remember(id, { version, final: isTerminal(status), shown: false });
    }
  }

  /** Up to here there is nothing to look for; null before it began. */
  get mark(): number | null {
    return this.#mark;
  }

  /** Those that may still change. */
  get unfinished(): number[] {
    return [...this.#byId].filter(([, { final }]) => !final).map(([id]) => id);
  }

  /** What is remembered, bookings and looks. */
  get size(): number {
    return this.#byId.size + this.#newest.length;
  }

  has(id: number): boolean {
    return this.#byId.has(id);
  }

  /** @returns whether the booking is news to the watchers; it is no longer after that */
  take({ id, version, status }: Booking, occasion: Occasion): boolean {
    const known = this.#byId.get(id);
    // Looked at for those who watch this one; nobody said that it changed.
    if (!known && occasion === 'rechecked') return false;
    const sameUnshown = occasion === 'hinted' && known?.version === version && !known.shown;
    if (known && version <= known.version && !sameUnshown) return false;
    this.#remember(id, { version, final: isTerminal(status), shown: true });
    return true;
  }

  /** All ids above the mark were read, from `startedAt` on, up to `newest`. @param firstMissed the lowest that was not known yet */
  looked(startedAt: number, newest: number, firstMissed: number): void {
    const [last] = this.#newest.slice(-1);
    if (!last || startedAt - last.at >= MIN_MARK_DISTANCE_MS) this.#newest.push({ at: startedAt, id: newest });
    const old = this.#newest.filter(({ at }) => at <= startedAt - SETTLED_AFTER_MS);
    this.#newest.splice(0, Math.max(0, old.length - 1));
    const settled = Math.min(old.at(-1)?.id ?? 0, firstMissed - 1);
    if (settled <= (this.#mark ?? 0)) return;
    this.#mark = settled;
    for (const [id, { final }] of this.#byId) if (final && id <= settled) this.#byId.delete(id);
  }

  #remember(id: number, shown: Shown): void {
    this.#byId.set(id, shown);
    const [oldest] = this.#byId.keys();
    if (this.#byId.size <= MAX_REMEMBERED || oldest === undefined) return;
    this.#byId.delete(oldest);
    if (this.#mark !== null) this.#mark = Math.max(this.#mark, oldest);
  }
}

/** One watcher of all bookings of an event. It is shown what is made or changes while it watches. */
export class EventWatcher {
  readonly #show: (booking: Booking) => void;
  #before: RecentBookings | null = null;
  #here = false;

  constructor(show: (booking: Booking) => void) {
    this.#show = show;
  }

  comeAfter(recent: RecentBookings): void {
    this.#before = recent;
    this.#here = true;
  }

  /** Whether it knows what was there before it. */
  get here(): boolean {
    return this.#here;
  }

  offer(booking: Booking, occasion: Occasion): void {
    if (occasion === 'hinted' || !this.#wasBefore(booking, occasion)) this.#show(booking);
  }

  /** Nothing that was there before this watcher will be found as missed any more. */
  forgetUpTo(mark: number): void {
    if (this.#before && mark >= this.#before.newest) this.#before = null;
  }

  #wasBefore({ id, version }: Booking, occasion: Occasion): boolean {
    if (!this.#here) return true;
    if (!this.#before) return false;
    const known = this.#before.byId.get(id);
    return known ? version <= known.version : occasion === 'missed' && id <= this.#before.olderThan;
  }
}
