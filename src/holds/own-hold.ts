import { type Booking, BookingSchema } from '../bookings/booking.entity.ts';
import { holdIsOver } from '../bookings/hold-time.ts';
import { transition } from '../bookings/transition.ts';
import { notFound } from '../errors.ts';
import type { Database } from '../platform/database.ts';

export interface HoldParts {
  readonly db: Database;
  readonly now: () => Date;
  /** Called with what a commit has made of a hold; must not throw. */
  readonly changed: (booking: Booking) => void;
  /** Called with holds that are EXPIRED since a commit; must not throw. */
  readonly expired: (bookings: readonly Booking[]) => void;
}

/** One of somebody else is as unknown as one that does not exist. @throws BoxOfficeError NOT_FOUND */
export async function assertOwned(db: Database, id: number | null, requiredOwner: string | null): Promise<number> {
  if (id === null) throw notFound('Booking');
  if (requiredOwner !== null && (await find(db, id))?.userId !== requiredOwner) throw notFound('Booking');
  return id;
}

/**
 * The booking that is not a good hold any more. One whose time is over is EXPIRED by this: what its buyer is told is in the row
 * then, and stays true whatever becomes of the clock.
 * @throws BoxOfficeError NOT_FOUND
 */
export async function settled({ db, now, expired }: HoldParts, id: number): Promise<Booking> {
  let booking = await find(db, id);
  if (booking?.status === 'HELD') {
    expired(await transition(db, { ids: [id], onlyIf: holdIsOver(db), to: 'EXPIRED', at: now(), mails: false }));
    booking = await find(db, id);
  }
  if (!booking) throw notFound('Booking');
  // It may be as another process has just left it, and not yet on the disk.
  await db.durable();
  return booking;
}

function find(db: Database, id: number): Promise<Booking | null> {
  return db.em().findOne(BookingSchema, { id });
}
