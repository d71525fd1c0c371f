import type { BookingFacts } from '../generated/operations.ts';
import { newest } from './newest.ts';

/** Bookings as they were last seen, by whatever way they came. */
export class SeenBookings {
  readonly #byId = new Map<string, BookingFacts>();

  get(id: string): BookingFacts | null {
    return this.#byId.get(id) ?? null;
  }

  /** @returns the newest of it that is known */
  see(booking: BookingFacts): BookingFacts {
    const known = newest(this.get(booking.id), booking);
    this.#byId.set(booking.id, known);
    return known;
  }
}
