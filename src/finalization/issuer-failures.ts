import { sql } from 'kysely';
import type { Booking } from '../bookings/booking.entity.ts';
import { moveIn, statusOfFound } from '../bookings/transition.ts';
import type { Database } from '../platform/database.ts';

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
export function noteIssuerFailures(
  db: Database,
  failures: readonly IssuerFailure[],
  maxAttempts: number,
  at: Date,
): Promise<Booking[]> {
  return db.transaction('issuer-failure', async (tx) => {
    const source = db.jsonRows(failures, { bookingId: 'integer', reference: 'text', retryInMs: 'integer' });
    const counted = await sql<{ id: number; reference: string; attempts: number }>`
      update bookings set attempts = attempts + 1, due_at = ${db.fromNow(sql.ref('retryInMs'))}
      from ${source}
      where bookings.id = rows.${sql.ref('bookingId')} and bookings.reference = rows.reference and ${statusOfFound} = 'PENDING'
      returning bookings.id, bookings.reference, bookings.attempts`.execute(tx.getKysely());
    const usedUp = counted.rows.filter(({ attempts }) => attempts >= maxAttempts);
    if (usedUp.length === 0) return [];
    const ids = usedUp.map(({ id }) => id);
    const references = usedUp.map(({ reference }) => reference);
    return moveIn(db, tx, { ids, references, to: 'FAILED', at, failureReason: FAILURE_REASON });
  });
}
