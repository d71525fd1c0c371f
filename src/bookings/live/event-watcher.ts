import type { Booking } from '../booking.entity.ts';
import type { RecentBookings } from './recent-bookings.ts';
import type { Occasion } from './shown-bookings.ts';

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
