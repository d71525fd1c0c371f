import type { Database } from '../platform/database.ts';

export interface Finding {
  readonly promise: string;
  /** The offending rows, as `event 7` or `booking 12`; at most 100. */
  readonly rows: readonly string[];
}

interface Check {
  readonly promise: string;
  readonly table: 'event' | 'booking';
  /** Yields the ids of the rows that break the promise. */
  readonly sql: string;
}

const MAX_ROWS_NAMED = 100;

/** The promises that can be read off the tables; README numbers them. */
const CHECKS: readonly Check[] = [
  {
    promise: 'booked places are never below 0 or above capacity',
    table: 'event',
    sql: 'select id from events where booked_count < 0 or booked_count > capacity',
  },
  {
    promise: 'booked_count is the sum of PENDING and FINALIZED bookings',
    table: 'event',
    sql: counterDiffers('booked_count', "'PENDING', 'FINALIZED'"),
  },
  {
    promise: 'finalized_count is the sum of FINALIZED bookings',
    table: 'event',
    sql: counterDiffers('finalized_count', "'FINALIZED'"),
  },
  {
    promise: 'a user and idempotency key make at most one booking',
    table: 'booking',
    sql: `select max(id) as id from bookings where idempotency_key is not null
          group by user_id, idempotency_key having count(*) > 1`,
  },
  {
    promise: 'the status moved along the table of states, once a version',
    table: 'booking',
    sql: `select id from bookings where version <> case
            when status = 'PENDING' and finalized_at is null then 1
            when status = 'FINALIZED' and finalized_at is not null then 2
            when status = 'FAILED' and finalized_at is null then 2
            when status = 'CANCELLED' and finalized_at is null then 2
            when status = 'CANCELLED' then 3
            else -1 end`,
  },
  {
    promise: 'a booking has one ticket per place once it was finalized, and none before',
    table: 'booking',
    sql: `select b.id from bookings b left join tickets t on t.booking_id = b.id
          group by b.id, b.quantity, b.finalized_at
          having count(t.id) <> case when b.finalized_at is null then 0 else b.quantity end`,
  },
];

function counterDiffers(counter: string, statuses: string): string {
  return `select e.id from events e left join bookings b on b.event_id = e.id and b.status in (${statuses})
          group by e.id, e.${counter} having e.${counter} <> coalesce(sum(b.quantity), 0)`;
}

/** Checks the promises over the whole database. @returns one finding per broken promise, none when all hold */
export async function verify(db: Database): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const { promise, table, sql } of CHECKS) {
    const rows = await db.em().execute<{ id: number }[]>(`${sql} limit ${MAX_ROWS_NAMED}`);
    if (rows.length > 0) findings.push({ promise, rows: rows.map((row) => `${table} ${row.id}`) });
  }
  return findings;
}
