import { sql } from 'kysely';
import type { Booking } from '../bookings/booking.entity.ts';
import type { OfferParts } from '../bookings/offers/offer-free-places.ts';
import { type Move, type Moved, moveIn, statusOfFound, transition } from '../bookings/transition.ts';

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
export function finalizeGroup(
  parts: OfferParts,
  issued: readonly IssuedBooking[],
  { at, mails }: Pick<Move, 'at' | 'mails'>,
): Promise<Booking[]> {
  const codes = new Map(issued.map((booking) => [booking.reference, booking.codes]));
  const ids = issued.map((booking) => booking.bookingId);
  return transition(parts, { ids, references: [...codes.keys()], to: 'FINALIZED', at, mails }, async (tx, moved) => {
    const tickets = moved.flatMap(({ id, reference }) =>
      (codes.get(reference) as readonly string[]).map((code, i) => ({ bookingId: id, serial: i + 1, code })),
    );
    const rows = parts.db.jsonRows(tickets, { bookingId: 'integer', serial: 'integer', code: 'text' });
    await sql`insert into tickets (booking_id, serial, code)
      select ${sql.ref('bookingId')}, serial, code from ${rows}`.execute(tx.getKysely());
  });
}

const FAILURE_REASON = 'The tickets could not be issued.';

export interface IssuerFailure {
  readonly bookingId: number;
  readonly reference: string;
  /** Until the next try, unless it was the last. */
  readonly retryInMs: number;
}

/**
 * Counts a failure of the issuer for bookings of one event. In the same transaction those whose attempts are used up
 * become FAILED and give their places back. @returns those that are FAILED
 */
export async function noteIssuerFailures(
  { db, offered }: OfferParts,
  failures: readonly IssuerFailure[],
  maxAttempts: number,
  { at, mails }: Pick<Move, 'at' | 'mails'>,
): Promise<Booking[]> {
  const { moved, offers } = await db.transaction('issuer-failure', async (tx): Promise<Moved> => {
    const source = db.jsonRows(failures, { bookingId: 'integer', reference: 'text', retryInMs: 'integer' });
    const counted = await sql<{ id: number; reference: string; attempts: number }>`
      update bookings set attempts = attempts + 1, due_at = ${db.fromNow(sql.ref('retryInMs'))}
      from ${source}
      where bookings.id = rows.${sql.ref('bookingId')} and bookings.reference = rows.reference and ${statusOfFound} = 'PENDING'
      returning bookings.id, bookings.reference, bookings.attempts`.execute(tx.getKysely());
    const usedUp = counted.rows.filter(({ attempts }) => attempts >= maxAttempts);
    if (usedUp.length === 0) return { moved: [], offers: null };
    const ids = usedUp.map(({ id }) => id);
    const references = usedUp.map(({ reference }) => reference);
    return moveIn(db, tx, { ids, references, to: 'FAILED', at, mails, failureReason: FAILURE_REASON });
  });
  if (offers) offered(offers);
  return moved;
}
