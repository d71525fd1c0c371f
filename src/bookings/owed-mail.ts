import { type RawBuilder, sql } from 'kysely';
import type { Database } from '../platform/database.ts';
import type { BookingStatus } from './booking-status.ts';

/** Whoever sends a mail has it to itself for so long: longer than the longest try takes, and the wait for its turn. */
export const MAIL_CLAIM_MS = 90_000;

/**
 * What a booking that comes to another status owes its address from then on, to be set in the same UPDATE. The mail about the
 * status before is owed no more. One that is just being sent is let go first: it has the claim of its sender, and the new one
 * waits for its end; what merely waited to be tried again is no reason to wait.
 * @param mails whether this box office sends any
 */
export function owedMail(db: Database, to: BookingStatus, mails: boolean) {
  if (!isToldByMail(to)) return sql`mail_status = null, mail_due_at = null, mail_attempts = 0, mail_error = null`;
  const status = sql.lit(mails ? 'OWED' : 'NOT_OWED');
  const due = mails
    ? sql`case when email is null then null
        when mail_due_at <= ${db.fromNow(MAIL_CLAIM_MS)} then mail_due_at else ${db.fromNow(0)} end`
    : sql`null`;
  return sql`mail_status = case when email is null then null else ${status} end,
      mail_due_at = ${due}, mail_attempts = 0, mail_error = null`;
}

/** What an offer of a waiting list owes its address: further columns of the INSERT that makes its booking. */
export function owedForOffer(db: Database, mails: boolean) {
  const ifTold = (value: RawBuilder<unknown>) => sql`case when email is not null then ${value} end`;
  return mails
    ? { columns: sql`, mail_status, mail_due_at`, values: sql`, ${ifTold(sql.lit('OWED'))}, ${ifTold(db.fromNow(0))}` }
    : { columns: sql`, mail_status`, values: sql`, ${ifTold(sql.lit('NOT_OWED'))}` };
}

/** Nothing has come of a booking that waits to be finalized; and a hold that ends was none. */
function isToldByMail(status: BookingStatus): boolean {
  return status === 'FINALIZED' || status === 'FAILED' || status === 'CANCELLED';
}
