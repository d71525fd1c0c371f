import { sql } from 'kysely';
import type { FinalizationJob } from '../bookings/finalization-job.ts';
import { statusOfFound } from '../bookings/transition.ts';
import type { Database } from '../platform/database.ts';
import { MAX_RETRY_DELAY_MS } from '../platform/retry-delay.ts';
import { msUntil } from '../platform/time-until.ts';
import { withRetry } from '../platform/transient-errors.ts';

/** A claim that nobody renews ends after this: its worker is dead, stopped, or was refused by the database. */
export const CLAIM_LEASE_MS = 10_000;
/** No lease and no backoff reaches as far, so a time beyond it was written by a clock that was wrong. */
const MAX_AHEAD_MS = 2 * Math.max(CLAIM_LEASE_MS, MAX_RETRY_DELAY_MS);

/** In the order of their ids. */
const PENDING = {
  table: 'bookings',
  index: 'bookings_status_page',
  equals: { status: 'PENDING' },
  direction: 'asc',
} as const;

/** So few that nobody waits long for their rows. */
const MADE_DUE_AT_ONCE = 1_000;

export interface PendingBooking extends FinalizationJob {
  readonly eventId: number;
  readonly quantity: number;
  /** Failures of the issuer so far. */
  readonly attempts: number;
}

const PENDING_BOOKING = sql`id as "bookingId", event_id as "eventId", reference, quantity, attempts`;

/**
 * The bookings of these jobs, in their order; null for one that was cancelled or finalized, or is none of ours, and for
 * one that has been claimed or tried before, which is the sweeper's.
 */
export async function readFresh(db: Database, jobs: readonly FinalizationJob[]): Promise<(PendingBooking | null)[]> {
  const ids = jobs.map(({ bookingId }) => bookingId);
  const { rows } = await sql<PendingBooking>`
    select ${PENDING_BOOKING} from bookings
    where id ${db.oneOf(ids)} and ${statusOfFound} = 'PENDING' and due_at is null`.execute(db.em().getKysely());
  const fresh = new Map(rows.map((row) => [row.reference, row]));
  return jobs.map(({ reference }) => fresh.get(reference) ?? null);
}

/** A hold has become PENDING by its confirmation. */
export const pendingSince = sql`coalesce(confirmed_at, created_at)`;

export interface DueBookings {
  /** Only those with a higher id. */
  readonly after: number;
  readonly limit: number;
  /** A booking that nobody has claimed is due at this age: before that its job is on the way. */
  readonly ageMs: number;
  readonly except: readonly number[];
}

/**
 * Takes bookings that are due, the oldest first. Workers that ask at the same time get different ones, and none waits
 * for another: what one of them is just taking, or somebody finalizes, is left out. Each is the caller's until its lease ends.
 */
export async function claimDue(db: Database, due: DueBookings): Promise<PendingBooking[]> {
  const rows = await withRetry(() => db.orderedByIndex(claimStatement(db, due)));
  return rows.toSorted((a, b) => a.bookingId - b.bookingId);
}

/** @internal so that a test can see its plan */
export function claimStatement(db: Database, { after, limit, ageMs, except }: DueBookings) {
  const due = sql`(
    due_at <= ${db.fromNow(0)} or due_at > ${db.fromNow(MAX_AHEAD_MS)}
    or due_at is null and (${pendingSince} <= ${db.fromNow(-ageMs)} or ${pendingSince} > ${db.fromNow(ageMs)}))`;
  const also = sql`not (id ${db.oneOf(except)}) and ${due}`;
  return sql<PendingBooking>`
    with due as materialized (
      ${db.walk({ ...PENDING, columns: sql`id`, beyond: after, also, limit })} ${db.lockedOnlyByUs})
    update bookings set due_at = ${db.fromNow(CLAIM_LEASE_MS)} where id in (select id from due)
    returning ${PENDING_BOOKING}`;
}

/** Whoever is still at these bookings keeps them for another lease. */
export async function renewClaims(db: Database, ids: readonly number[]): Promise<void> {
  await withRetry(() =>
    sql`
      with own as materialized (
        select id from bookings where id ${db.oneOf(ids)} and ${statusOfFound} = 'PENDING' ${db.lockedOnlyByUs})
      update bookings set due_at = ${db.fromNow(CLAIM_LEASE_MS)} where id in (select id from own)`.execute(
      db.em().getKysely(),
    ),
  );
}

/** Makes every PENDING booking due, whoever has claimed it; those that are just being written are left out. @returns how many */
export async function makeAllDue(db: Database): Promise<number> {
  let made = 0;
  for (let after = 0; ; ) {
    const page = sql<{ id: number }>`
      with pending as materialized (
        ${db.walk({ ...PENDING, columns: sql`id`, beyond: after, limit: MADE_DUE_AT_ONCE })} ${db.lockedOnlyByUs})
      update bookings set due_at = ${db.fromNow(0)} where id in (select id from pending) returning id`;
    const rows = await withRetry(() => db.orderedByIndex(page));
    made += rows.length;
    if (rows.length < MADE_DUE_AT_ONCE) return made;
    after = Math.max(...rows.map(({ id }) => id));
  }
}

/** So many are looked at; where more wait, the oldest may be a little older. */
const BACKLOG_LOOKED_AT = 10_000;

export interface Backlog {
  /** Up to 10,000. */
  readonly bookings: number;
  /** Since when the oldest of them is PENDING; null when none is. */
  readonly oldestSince: Date | null;
  /** Until now, by the database's clock; 0 when none is. */
  readonly oldestAgeMs: number;
}

type Time = Date | string | number;

/** What is PENDING, claimed by a worker or not. */
export async function pendingBacklog(db: Database): Promise<Backlog> {
  const columns = sql`${pendingSince} as since`;
  const pending = db.walk({ ...PENDING, columns, beyond: null, limit: BACKLOG_LOOKED_AT });
  const [row] = await db.orderedByIndex(sql<{ bookings: number; since: Time | null; now: Time }>`
    select cast(count(*) as integer) as bookings, min(since) as since, ${db.fromNow(0)} as now
    from (${pending}) as pending`);
  if (!row || row.since === null) return { bookings: 0, oldestSince: null, oldestAgeMs: 0 };
  const oldestSince = new Date(row.since);
  const oldestAgeMs = Math.max(0, new Date(row.now).getTime() - oldestSince.getTime());
  return { bookings: row.bookings, oldestSince, oldestAgeMs };
}

/**
 * How long until the next booking is due that waits for its time, not above 0 for one that has come due since they were
 * claimed; null when none waits.
 */
export function nextDueInMs(db: Database): Promise<number | null> {
  return msUntil(
    db,
    'due_at',
    sql`from bookings ${db.through('bookings_next_due')}
    where status = 'PENDING' and due_at is not null order by due_at limit 1`,
  );
}
