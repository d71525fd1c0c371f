import { setTimeout as pause } from 'node:timers/promises';
import type { Database } from '../platform/database.ts';
import { MAIL_ACCOUNTED_FOR, WRONG_MAIL } from './check-mails.ts';
import { REDEEMED_WHILE_FINAL, redeemedTooLate } from './check-redemptions.ts';
import type { Findings } from './findings.ts';

export interface VerifyProgress {
  /** Bookings that were looked at. */
  readonly checked: number;
  /** All up to this id, of those that there were at the beginning. */
  readonly upToId: number;
  readonly lastId: number;
}

/** Places of an event's bookings, and their tickets that were redeemed. */
export interface Sums {
  readonly booked: number;
  readonly held: number;
  readonly finalized: number;
  readonly redeemed: number;
}

export const NO_SUMS: Sums = { booked: 0, held: 0, finalized: 0, redeemed: 0 };

const IDS_PER_WINDOW = 20_000;
/** Whoever commits while nobody reads can begin SQLite's log anew. */
const REST_MS = 2;

const STATUS_MOVED = 'the status moved along the table of states, once a version';
/** How many moves a booking has made, by its status and the times it keeps of them; null when they do not belong together. */
const MOVES = `case
  when expires_at is null and confirmed_at is not null then null
  when status in ('HELD', 'EXPIRED') and (expires_at is null or confirmed_at is not null or finalized_at is not null) then null
  when status in ('PENDING', 'FINALIZED', 'FAILED') and expires_at is not null and confirmed_at is null then null
  when status = 'HELD' then 0
  when status = 'EXPIRED' then 1
  when status = 'PENDING' and finalized_at is null then 0
  when status = 'FINALIZED' and finalized_at is not null then 1
  when status = 'FAILED' and finalized_at is null then 1
  when status = 'CANCELLED' and finalized_at is null then 1
  when status = 'CANCELLED' and (expires_at is null or confirmed_at is not null) then 2
  end + case when confirmed_at is null then 0 else 1 end`;
/** A hold has a version more for each time that it was extended. */
const WRONG_STATUS = `select id from (
    select id, version, expires_at, ${MOVES} as moves from bookings where id > ? and id <= ?) as moved
  where moves is null or version < 1 + moves or version > 1 + moves and expires_at is null`;

const TICKETS_MATCH = 'a booking has one ticket per place once it was finalized, and none before';
/** The tickets have their bounds too: without them PostgreSQL may walk through all that come before. */
const WRONG_TICKETS = `select b.id from bookings b
  left join tickets t on t.booking_id = b.id and t.booking_id > ? and t.booking_id <= ?
  where b.id > ? and b.id <= ? group by b.id, b.quantity, b.finalized_at
  having count(t.id) <> case when b.finalized_at is null then 0 else b.quantity end`;

const ONE_PER_KEY = 'a user and idempotency key make at most one booking';
/** Counted, because PostgreSQL may make a join with the whole table of anything else. */
const KEY_TWICE = `select b.id from bookings b where b.id > ? and b.id <= ? and b.idempotency_key is not null
  and (select count(*) from bookings o
    where o.user_id = b.user_id and o.idempotency_key = b.idempotency_key and o.id < b.id) > 0`;

const OFFERED_TO_SOMEBODY = 'a booking that was offered is of an entry of a waiting list';
const OFFERED_TO_NOBODY = `select b.id from bookings b where b.id > ? and b.id <= ? and b.waiting_list_entry_id is not null
  and not exists (select 1 from waiting_list w where w.id = b.waiting_list_entry_id)`;

const SUMS = `select event_id, count(*) as bookings,
    sum(case when status in ('HELD', 'PENDING', 'FINALIZED') then quantity else 0 end) as booked,
    sum(case when status = 'HELD' then quantity else 0 end) as held,
    sum(case when status = 'FINALIZED' then quantity else 0 end) as finalized
  from bookings where id > ? and id <= ? group by event_id`;

const REDEEMED = `select b.event_id, count(*) as redeemed from tickets t join bookings b on b.id = t.booking_id
  where t.redeemed_at is not null and t.booking_id > ? and t.booking_id <= ? and b.id > ? and b.id <= ?
  group by b.event_id`;

/**
 * Looks at every booking by itself, a window of ids at a time. Each statement sees the database at a moment of its own:
 * what it holds against each other is written in one transaction.
 * @returns the places of each event, as its bookings had them when they were read
 */
export async function checkBookings(
  db: Database,
  findings: Findings,
  onProgress: (progress: VerifyProgress) => void | Promise<void>,
): Promise<ReadonlyMap<number, Sums>> {
  const sums = new Map<number, Sums>();
  const lastId = (await oneId(db, 'select max(id) as id from bookings')) ?? 0;
  for (let checked = 0, upToId = 0; ; ) {
    // A restored database goes on millions of ids above its last booking.
    const first = await oneId(db, 'select min(id) as id from bookings where id > ? and id <= ?', [upToId, lastId]);
    if (first === null) return sums;
    const window = [first - 1, Math.min(first - 1 + IDS_PER_WINDOW, lastId)] as const;
    findings.note(STATUS_MOVED, 'booking', await ids(db, WRONG_STATUS, window));
    findings.note(TICKETS_MATCH, 'booking', await ids(db, WRONG_TICKETS, [...window, ...window]));
    findings.note(ONE_PER_KEY, 'booking', await ids(db, KEY_TWICE, window));
    findings.note(MAIL_ACCOUNTED_FOR, 'booking', await ids(db, WRONG_MAIL, window));
    findings.note(OFFERED_TO_SOMEBODY, 'booking', await ids(db, OFFERED_TO_NOBODY, window));
    findings.note(REDEEMED_WHILE_FINAL, 'booking', await redeemedTooLate(db, window));
    checked += await addSums(db, window, sums);
    upToId = window[1];
    await onProgress({ checked, upToId, lastId });
    await pause(REST_MS);
  }
}

/** @returns the bookings of the window */
async function addSums(db: Database, window: readonly number[], sums: Map<number, Sums>): Promise<number> {
  type Row = { event_id: number; bookings: string; booked: string; held: string; finalized: string };
  let bookings = 0;
  for (const row of await db.em().execute<Row[]>(SUMS, [...window])) {
    const { booked, held, finalized, redeemed } = sums.get(row.event_id) ?? NO_SUMS;
    const places = { booked: booked + Number(row.booked), held: held + Number(row.held) };
    sums.set(row.event_id, { ...places, finalized: finalized + Number(row.finalized), redeemed });
    bookings += Number(row.bookings);
  }
  const used = await db.em().execute<{ event_id: number; redeemed: string }[]>(REDEEMED, [...window, ...window]);
  for (const row of used) {
    const sum = sums.get(row.event_id) ?? NO_SUMS;
    sums.set(row.event_id, { ...sum, redeemed: sum.redeemed + Number(row.redeemed) });
  }
  return bookings;
}

async function ids(db: Database, query: string, params: readonly number[]): Promise<number[]> {
  const rows = await db.em().execute<{ id: number }[]>(query, [...params]);
  return rows.map((row) => row.id);
}

async function oneId(db: Database, query: string, params: readonly number[] = []): Promise<number | null> {
  const [row] = await db.em().execute<{ id: number | null }[]>(query, [...params]);
  return row?.id ?? null;
}
