import { sql } from 'kysely';
import type { Booking } from '../bookings/booking.entity.ts';
import { transition } from '../bookings/transition.ts';
import type { Database } from '../platform/database.ts';

/** A booking with the codes of its tickets, one per place. */
export interface IssuedBooking {
  readonly bookingId: number;
  readonly reference: string;
  readonly codes: readonly string[];
}

/**
 * Moves bookings of one event from PENDING to FINALIZED, in one transaction. Tickets are written for those that move,
 * and only then: a second delivery finds the first one's tickets. @returns those that moved
 */
export function finalizeGroup(db: Database, issued: readonly IssuedBooking[], at: Date): Promise<Booking[]> {
  const codes = new Map(issued.map((booking) => [booking.reference, booking.codes]));
  const ids = issued.map((booking) => booking.bookingId);
  return transition(db, { ids, references: [...codes.keys()], to: 'FINALIZED', at }, async (tx, moved) => {
    const tickets = moved.flatMap(({ id, reference }) =>
      (codes.get(reference) as readonly string[]).map((code, i) => ({ bookingId: id, serial: i + 1, code })),
    );
    const rows = db.jsonRows(tickets, { bookingId: 'integer', serial: 'integer', code: 'text' });
    await sql`insert into tickets (booking_id, serial, code)
      select ${sql.ref('bookingId')}, serial, code from ${rows}`.execute(tx.getKysely());
  });
}
