import type { SqlEntityManager } from '@mikro-orm/sql';
import { sql } from 'kysely';
import type { Database } from '../platform/database.ts';

export interface Finding {
  readonly promise: string;
  /** The offending rows, as `event 7` or `booking 12`; the first 100. */
  readonly rows: readonly string[];
}

export interface VerifyProgress {
  readonly checked: number;
  readonly total: number;
}

type Note = (promise: string, kind: 'event' | 'booking', ids: readonly number[]) => void;
interface Sums {
  booked: number;
  finalized: number;
}

const MAX_ROWS_NAMED = 100;
const BOOKINGS_PER_READ = 20_000;
const EVENTS_PER_READ = 5_000;

const STATUS_MOVED = 'the status moved along the table of states, once a version';
/** Yields bookings whose version and time of finalization do not belong to their status. */
const WRONG_STATUS = `select id from bookings where id > ? and id <= ? and version <> case
  when status = 'PENDING' and finalized_at is null then 1
  when status = 'FINALIZED' and finalized_at is not null then 2
  when status = 'FAILED' and finalized_at is null then 2
  when status = 'CANCELLED' and finalized_at is null then 2
  when status = 'CANCELLED' then 3
  else -1 end`;

const TICKETS_MATCH = 'a booking has one ticket per place once it was finalized, and none before';
/** The tickets have their bounds too: without them PostgreSQL may walk through all that come before. */
const WRONG_TICKETS = `select b.id from bookings b
  left join tickets t on t.booking_id = b.id and t.booking_id > ? and t.booking_id <= ?
  where b.id > ? and b.id <= ? group by b.id, b.quantity, b.finalized_at
  having count(t.id) <> case when b.finalized_at is null then 0 else b.quantity end`;

const ONE_PER_KEY = 'a user and idempotency key make at most one booking';
const KEY_TWICE = `select max(id) as id from bookings where idempotency_key is not null
  group by user_id, idempotency_key having count(*) > 1 limit ${MAX_ROWS_NAMED}`;

const NEVER_PENDING_FOR_LONG = 'a PENDING booking becomes FINALIZED or FAILED within two hours';
/**
 * No worker that runs needs so long: the age and the interval of the sweeper are 20 minutes at the most, five tries of the
 * slowest issuer 75, and an hour more or less is what the clock of the process may have been wrong by that wrote the time.
 */
const MAX_PENDING_MS = 2 * 3_600_000;

const SUMS = `select event_id, sum(quantity) as booked,
    sum(case when status = 'FINALIZED' then quantity else 0 end) as finalized
  from bookings where id > ? and id <= ? and status in ('PENDING', 'FINALIZED') group by event_id`;

/**
 * Checks the promises over the whole database, as it is at one moment; a few thousand rows at a time, so that memory
 * does not grow with the bookings. @returns one finding per broken promise, none when all hold
 */
export function verify(db: Database, onProgress: (progress: VerifyProgress) => void = () => undefined) {
  return db.snapshot(async (tx): Promise<Finding[]> => {
    const broken = new Map<string, string[]>();
    const note: Note = (promise, kind, ids) => {
      if (ids.length === 0) return;
      const rows = broken.get(promise) ?? [];
      rows.push(...ids.slice(0, MAX_ROWS_NAMED - rows.length).map((id) => `${kind} ${id}`));
      broken.set(promise, rows);
    };
    const sums = await checkBookings(tx, note, onProgress);
    await checkEvents(tx, sums, note);
    note(NEVER_PENDING_FOR_LONG, 'booking', await pendingForLong(db, tx));
    return [...broken].map(([promise, rows]) => ({ promise, rows }));
  });
}

async function checkBookings(
  tx: SqlEntityManager,
  note: Note,
  onProgress: (progress: VerifyProgress) => void,
): Promise<Map<number, Sums>> {
  const sums = new Map<number, Sums>();
  const [last] = await tx.execute<{ id: number | null }[]>('select max(id) as id from bookings');
  const total = last?.id ?? 0;
  for (let after = 0; after < total; after += BOOKINGS_PER_READ) {
    const window = [after, after + BOOKINGS_PER_READ];
    note(STATUS_MOVED, 'booking', await ids(tx, WRONG_STATUS, window));
    note(TICKETS_MATCH, 'booking', await ids(tx, WRONG_TICKETS, [...window, ...window]));
    const rows = await tx.execute<{ event_id: number; booked: string; finalized: string }[]>(SUMS, window);
    for (const row of rows) {
      const sum = sums.get(row.event_id) ?? { booked: 0, finalized: 0 };
      sum.booked += Number(row.booked);
      sum.finalized += Number(row.finalized);
      sums.set(row.event_id, sum);
    }
    onProgress({ checked: Math.min(after + BOOKINGS_PER_READ, total), total });
  }
  note(ONE_PER_KEY, 'booking', await ids(tx, KEY_TWICE, []));
  return sums;
}

async function checkEvents(tx: SqlEntityManager, sums: ReadonlyMap<number, Sums>, note: Note): Promise<void> {
  type Row = { id: number; capacity: number; booked_count: number; finalized_count: number };
  for (let after = 0; ; ) {
    const events = await tx.execute<Row[]>(
      `select id, capacity, booked_count, finalized_count from events where id > ? order by id limit ${EVENTS_PER_READ}`,
      [after],
    );
    for (const { id, capacity, booked_count: booked, finalized_count: finalized } of events) {
      const sum = sums.get(id) ?? { booked: 0, finalized: 0 };
      if (booked < 0 || booked > capacity) note('booked places are never below 0 or above capacity', 'event', [id]);
      if (booked !== sum.booked) note('booked_count is the sum of PENDING and FINALIZED bookings', 'event', [id]);
      if (finalized !== sum.finalized) note('finalized_count is the sum of FINALIZED bookings', 'event', [id]);
    }
    const last = events[EVENTS_PER_READ - 1];
    if (!last) return;
    after = last.id;
  }
}

async function pendingForLong(db: Database, tx: SqlEntityManager): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    select id from bookings where status = 'PENDING' and created_at < ${db.fromNow(-MAX_PENDING_MS)}
    order by id limit ${MAX_ROWS_NAMED}`.execute(tx.getKysely());
  return rows.map((row) => row.id);
}

async function ids(tx: SqlEntityManager, query: string, params: readonly number[]): Promise<number[]> {
  const rows = await tx.execute<{ id: number }[]>(query, [...params]);
  return rows.map((row) => row.id);
}
