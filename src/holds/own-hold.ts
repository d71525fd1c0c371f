import type { Booking } from '../bookings/booking.entity.ts';
import { BookingQueries } from '../bookings/booking-queries.ts';
import { holdIsOver } from '../bookings/hold-time.ts';
import type { OfferParts } from '../bookings/offers/offer-free-places.ts';
import { transition } from '../bookings/transition.ts';
import { notFound } from '../errors.ts';
import type { Database } from '../platform/database.ts';

export interface HoldParts extends OfferParts {
  readonly now: () => Date;
  /** Called with what a commit has made of holds of one event; must not throw. */
  readonly changed: (bookings: readonly Booking[]) => void;
  /** Called with holds of one event that are EXPIRED since a commit; must not throw. */
  readonly expired: (bookings: readonly Booking[]) => void;
}

/** One of somebody else is as unknown as one that does not exist. @throws BoxOfficeError NOT_FOUND */
export async function ownBooking(db: Database, id: number | null, requiredOwner: string | null): Promise<Booking> {
  const booking = await new BookingQueries(db).find(id, requiredOwner);
  if (!booking) throw notFound('Booking');
  return booking;
}

/**
 * Bookings of one event that are no good holds any more, by id, as they are. Those whose time is over are EXPIRED by this: what
 * their buyers are told is in the rows then, and stays true whatever becomes of the clock.
 */
export async function settled(parts: HoldParts, ids: readonly number[]): Promise<Map<number, Booking>> {
  const { db, now, expired } = parts;
  const queries = new BookingQueries(db);
  let bookings = await queries.findMany(ids);
  const held = bookings.filter(({ status }) => status === 'HELD').map(({ id }) => id);
  if (held.length > 0) {
    expired(await transition(parts, { ids: held, onlyIf: holdIsOver(db), to: 'EXPIRED', at: now(), mails: false }));
    bookings = await queries.findMany(ids);
  }
  // They may be as another process has just left them, and not yet on the disk.
  await db.durable();
  return new Map(bookings.map((booking) => [booking.id, booking]));
}
