import { sql } from 'kysely';
import type { Booking } from '../bookings/booking.entity.ts';
import { holdIsGood } from '../bookings/hold-time.ts';
import { MAIL_CLAIM_MS } from '../bookings/owed-mail.ts';
import type { Database } from '../platform/database.ts';
import { msUntil } from '../platform/time-until.ts';
import type { Delivery } from './delivery.ts';

export const MAX_MAIL_RETRY_DELAY_MS = 6 * 3_600_000;
/** No claim and no wait for another try reaches as far, so a time beyond it was written by a clock that was wrong. */
const MAX_AHEAD_MS = 2 * MAX_MAIL_RETRY_DELAY_MS;

/** A mail that is owed, and claimed by whoever has this. */
export interface OwedMail
  extends Pick<Booking, 'id' | 'reference' | 'eventId' | 'quantity' | 'version' | 'holderName' | 'failureReason'> {
  /** HELD: it is an offer of a waiting list. */
  readonly status: 'HELD' | 'FINALIZED' | 'FAILED' | 'CANCELLED';
  readonly email: string;
  /** While it is HELD: until when. */
  readonly expiresAt: Date | string | number | null;
  /** Counts from 1. */
  readonly attempt: number;
}

const OWED_MAIL = sql`id, reference, event_id as "eventId", quantity, version, status, email,
  holder_name as "holderName", failure_reason as "failureReason", mail_attempts as "attempt",
  case when status = 'HELD' then expires_at end as "expiresAt"`;

/**
 * Takes mails that are due, the longest due first. Workers that ask at the same time get different ones, and none waits for
 * another. On the disk before a mail is sent: whoever finds it claimed leaves it alone, and a worker that dies has used up a try.
 * @param except what this process is at
 */
export function claimDueMails(db: Database, limit: number, except: readonly number[]): Promise<OwedMail[]> {
  const which = (condition: ReturnType<typeof sql>) => sql`
    select id from bookings ${db.through('bookings_mail_due')} where ${condition} and not (id ${db.oneOf(except)})
    order by mail_due_at limit ${limit} ${db.lockedOnlyByUs}`;
  return db.transaction('mail-claim', (tx) =>
    db.orderedByIndex(
      sql<OwedMail>`
        with due as materialized (${which(sql`mail_due_at <= ${db.fromNow(0)}`)}),
          lost as materialized (${which(sql`mail_due_at > ${db.fromNow(MAX_AHEAD_MS)}`)})
        update bookings set mail_due_at = ${db.fromNow(MAIL_CLAIM_MS)}, mail_attempts = mail_attempts + 1
        where id in (select id from due union all select id from lost)
        returning ${OWED_MAIL}`,
      tx,
    ),
  );
}

/**
 * How long until the next mail is due, not above 0 for one that has come due since they were claimed; null when none is owed.
 */
export function nextMailDueInMs(db: Database): Promise<number | null> {
  return msUntil(
    db,
    'mail_due_at',
    sql`from bookings ${db.through('bookings_mail_due')}
    where mail_due_at is not null order by mail_due_at limit 1`,
  );
}

/** Counted no further than this. */
const MAX_OWED_COUNTED = 100_000;

export async function countOwedMails(db: Database): Promise<number> {
  const [row] = await db.orderedByIndex(sql<{ owed: number | string }>`
    select count(*) as owed from (select id from bookings ${db.through('bookings_mail_due')}
      where mail_due_at is not null order by mail_due_at limit ${MAX_OWED_COUNTED}) as found`);
  return Number(row?.owed ?? 0);
}

/** Whether it still is owed as it was claimed: its booking may have been cancelled meanwhile, or an offer be over. */
export async function isStillOwed(db: Database, { id, version }: OwedMail): Promise<boolean> {
  const { rows } = await sql<{ id: number }>`
    select id from bookings where id = ${id} and version = ${version} and mail_status = 'OWED'
      and (status <> 'HELD' or ${holdIsGood(db)})`.execute(db.em().getKysely());
  return rows.length > 0;
}

/** What is known of a mail from then on. */
export type MailOutcome = Extract<Delivery, { kind: 'sent' | 'refused' }> | Again;

/** It is tried again. */
interface Again {
  readonly kind: 'again';
  readonly inMs: number;
  /** Whether this try counts. */
  readonly counts: boolean;
  /** What the mail server had against it; null: what is known of earlier tries stays. */
  readonly reason: string | null;
}

/**
 * Writes what came of a mail. One that was sent is sent, whoever has claimed it meanwhile; anything else is only said by whoever
 * tried last. Nothing is said of a booking that has come to another status since: it owes another mail, which is due now.
 * @returns in how many milliseconds a mail of this booking is due; null: none is
 */
export function recordMail(db: Database, mail: OwedMail, outcome: MailOutcome): Promise<number | null> {
  const { id, version, attempt } = mail;
  const tried = outcome.kind === 'sent' ? sql`` : sql`and mail_attempts = ${attempt}`;
  return db.transaction(`mail-${outcome.kind}`, async (tx) => {
    const recorded = await sql<{ id: number }>`
      update bookings set ${changesOf(db, outcome)}
      where id = ${id} and version = ${version} and mail_status = 'OWED' ${tried} returning id`.execute(tx.getKysely());
    if (recorded.rows.length > 0) return outcome.kind === 'again' ? outcome.inMs : null;
    const next = await sql<{ id: number }>`
      update bookings set mail_due_at = ${db.fromNow(0)}
      where id = ${id} and version > ${version} and mail_status = 'OWED' and mail_attempts = 0 returning id`.execute(
      tx.getKysely(),
    );
    return next.rows.length > 0 ? 0 : null;
  });
}

function changesOf(db: Database, outcome: MailOutcome) {
  if (outcome.kind === 'sent') return sql`mail_status = 'SENT', mail_due_at = null, mail_error = null`;
  if (outcome.kind === 'refused') {
    return sql`mail_status = 'REFUSED', mail_due_at = null, mail_error = ${outcome.reason}`;
  }
  const { inMs, counts, reason } = outcome;
  const attempts = counts ? sql`mail_attempts` : sql`mail_attempts - 1`;
  const error = reason === null ? sql`mail_error` : sql`${reason}`;
  return sql`mail_due_at = ${db.fromNow(inMs)}, mail_attempts = ${attempts}, mail_error = ${error}`;
}
