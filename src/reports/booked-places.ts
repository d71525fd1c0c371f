import type { SqlEntityManager } from '@mikro-orm/sql';
import { sql } from 'kysely';
import type { Database } from '../platform/database.ts';
import type { IndexWalk } from '../platform/index-walk.ts';

/** The database as it is at one moment: a booking that becomes final between two statements would be in both, or in none. */
export interface Moment {
  readonly db: Database;
  readonly tx: SqlEntityManager;
}

/** Further ones are not read: where so many wait no worker runs. */
const MAX_WAITING_READ = 100_000;

export interface Booked {
  /** When it was made, in milliseconds since 1970. */
  readonly at: number;
  readonly quantity: number;
}

interface BookedRow {
  readonly createdAt: Date | string | number;
  readonly quantity: number;
}

/** The HELD and PENDING bookings of an event, in no order. */
export async function readWaiting({ db, tx }: Moment, eventId: number): Promise<Booked[]> {
  const parts = ['HELD', 'PENDING'].map((status) => {
    const walk: IndexWalk = {
      table: 'bookings',
      index: 'bookings_event_status_page',
      equals: { status, event_id: eventId },
      direction: 'desc',
      beyond: null,
      limit: MAX_WAITING_READ,
      columns: sql`created_at as "createdAt", quantity`,
    };
    return sql`select * from (${db.walk(walk)}) as ${sql.ref(status.toLowerCase())}`;
  });
  return (await db.orderedByIndex(sql<BookedRow>`${sql.join(parts, sql` union all `)}`, tx)).map(bookedOf);
}

/** The first and the last booking of an event that are FINALIZED; none when there are none. */
export async function finalEnds({ db, tx }: Moment, eventId: number): Promise<Booked[]> {
  const end = (name: string, direction: 'asc' | 'desc') => sql`
    select * from (select created_at as "createdAt", quantity from bookings ${db.through('bookings_sales')}
      where event_id = ${eventId} and status = 'FINALIZED'
      order by created_at ${sql.raw(direction)} limit 1) as ${sql.ref(name)}`;
  const ends = sql<BookedRow>`${end('earliest', 'asc')} union all ${end('latest', 'desc')}`;
  return (await db.orderedByIndex(ends, tx)).map(bookedOf);
}

export interface Sum {
  readonly bookings: number;
  readonly places: number;
}

/**
 * FINALIZED bookings that were made up to each of these moments, which ascend. The index has all that is added up: a million
 * bookings are a million entries, each read once.
 */
export async function finalizedUpTo({ db, tx }: Moment, eventId: number, moments: readonly number[]): Promise<Sum[]> {
  const spans = moments.map((until, i) => ({
    i,
    since: db.timestamp(new Date(moments[i - 1] ?? 0)),
    until: db.timestamp(new Date(until)),
  }));
  // Two sums in one value, because such a SELECT gives no more than one.
  const rows = await db.orderedByIndex(
    sql<{ i: number; sums: string }>`
    select i, (select count(*) || ' ' || coalesce(sum(quantity), 0) from (
      select quantity from bookings ${db.through('bookings_sales')}
      where event_id = ${eventId} and status = 'FINALIZED' and created_at > since and created_at <= until
      order by created_at) as sold) as sums
    from ${db.jsonRows(spans, { i: 'integer', since: 'time', until: 'time' })}`,
    tx,
  );
  const perSpan = rows
    .toSorted((a, b) => a.i - b.i)
    .map(({ sums }) => {
      const [bookings = 0, places = 0] = sums.split(' ').map(Number);
      return { bookings, places };
    });
  return runningSums(perSpan);
}

/** The same of bookings that are at hand. */
export function bookedUpTo(booked: readonly Booked[], moments: readonly number[]): Sum[] {
  const perSpan = moments.map(() => ({ bookings: 0, places: 0 }));
  for (const { at, quantity } of booked) {
    const span = perSpan[moments.findIndex((until) => at <= until)];
    if (!span) continue;
    span.bookings += 1;
    span.places += quantity;
  }
  return runningSums(perSpan);
}

function runningSums(perSpan: readonly Sum[]): Sum[] {
  const sum = { bookings: 0, places: 0 };
  return perSpan.map(({ bookings, places }) => {
    sum.bookings += bookings;
    sum.places += places;
    return { ...sum };
  });
}

function bookedOf({ createdAt, quantity }: BookedRow): Booked {
  return { at: new Date(createdAt).getTime(), quantity };
}
