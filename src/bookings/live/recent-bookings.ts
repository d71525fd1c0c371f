import { type RawBuilder, sql } from 'kysely';
import { type Database, selectEntities } from '../../platform/database.ts';
import type { IndexWalk } from '../../platform/index-walk.ts';
import { type Booking, BookingSchema } from '../booking.entity.ts';
import type { BookingStatus } from '../booking-status.ts';
import { type Along, bookingWalks } from '../booking-walks.ts';

/** More than the groups can hold that are committed beside each other: what of them is not yet seen is within this many. */
const MAX_RECENT = 2_000;

/** The newest bookings of an event, as they were when somebody began to watch. */
export interface RecentBookings {
  /** Older than all of them; 0 when they are all there are. */
  readonly olderThan: number;
  readonly newest: number;
  /** In the order of the ids. */
  readonly byId: ReadonlyMap<number, Pick<Booking, 'version' | 'status'>>;
}

/** Reads them for any number of watchers: whoever asks while one read runs waits for the next, which all of them share. */
export class RecentBookingsReader {
  readonly #db: Database;
  readonly #eventId: number;
  #last: Promise<unknown> = Promise.resolve();
  #next: Promise<RecentBookings> | null = null;

  constructor(db: Database, eventId: number) {
    this.#db = db;
    this.#eventId = eventId;
  }

  /** As they are at a moment after the call. */
  read(): Promise<RecentBookings> {
    this.#next ??= this.#last.then(() => {
      this.#next = null;
      const reading = readRecentBookings(this.#db, this.#eventId);
      this.#last = reading.catch(() => undefined);
      return reading;
    });
    return this.#next;
  }
}

async function readRecentBookings(db: Database, eventId: number): Promise<RecentBookings> {
  const columns = sql`id, version, status`;
  const rows = await walkEvent<{ id: number; version: number; status: BookingStatus }>(db, eventId, {
    columns,
    beyond: null,
    direction: 'desc',
    limit: MAX_RECENT,
  });
  const olderThan = rows.length < MAX_RECENT ? 0 : (rows.at(-1)?.id ?? 0);
  const newest = rows[0]?.id ?? 0;
  return {
    olderThan,
    newest,
    byId: new Map(rows.reverse().map(({ id, version, status }) => [id, { version, status }])),
  };
}

/** The ids of an event's bookings above `after`, in their order. */
export async function readIdsAfter(db: Database, eventId: number, after: number, limit: number): Promise<number[]> {
  const rows = await walkEvent<{ id: number }>(db, eventId, {
    columns: sql`id`,
    beyond: after,
    direction: 'asc',
    limit,
  });
  return rows.map((row) => row.id);
}

/** In the order of their ids. */
export function readBookings(db: Database, ids: readonly number[]): Promise<Booking[]> {
  return selectEntities(db.em(), BookingSchema, sql`select * from bookings where id ${db.oneOf(ids)} order by id`);
}

function walkEvent<T>(db: Database, eventId: number, along: Along): Promise<T[]> {
  const [walk] = bookingWalks({ eventId }, along);
  return db.orderedByIndex(db.walk(walk as IndexWalk) as RawBuilder<T>);
}
