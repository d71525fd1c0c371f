import { type RawBuilder, sql } from 'kysely';
import { type Page, type PageRequest, pageOf } from '../pagination.ts';
import { type Database, selectEntities, toEntities } from '../platform/database.ts';
import type { IndexWalk } from '../platform/index-walk.ts';
import { type Booking, BookingSchema, belongsTo } from './booking.entity.ts';
import { type BookingFilter, bookingWalks } from './booking-walks.ts';

export class BookingQueries {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** @param requiredOwner the user it must belong to; null: anybody's */
  async find(id: number | null, requiredOwner: string | null = null): Promise<Booking | null> {
    const booking = id === null ? null : await this.#db.em().findOne(BookingSchema, { id });
    return booking && belongsTo(booking, requiredOwner) ? booking : null;
  }

  findMany(ids: readonly number[]): Promise<Booking[]> {
    return selectEntities(this.#db.em(), BookingSchema, sql`select * from bookings where id ${this.#db.oneOf(ids)}`);
  }

  countPending(): Promise<number> {
    return this.#db.em().count(BookingSchema, { status: 'PENDING' });
  }

  /** Newest first. */
  async page(filter: BookingFilter, request: PageRequest): Promise<Page<Booking>> {
    const wanted = request.size + 1;
    const rows = await this.#db.orderedByIndex(this.#newest(filter, wanted, request.before));
    const bookings = toEntities(this.#db.em(), BookingSchema, rows);
    return pageOf(
      bookings.toSorted((a, b) => b.id - a.id),
      request,
    );
  }

  /** Of one event, the oldest first, from behind the id `after`. */
  async ofEvent(eventId: number, after: number, limit: number): Promise<Booking[]> {
    const [walk] = bookingWalks({ eventId }, { beyond: after, direction: 'asc', limit });
    const rows = await this.#db.orderedByIndex(this.#db.walk(walk as IndexWalk) as RawBuilder<object>);
    return toEntities(this.#db.em(), BookingSchema, rows);
  }

  /** One statement, because a booking that changes its status between two would be seen twice, or never. */
  #newest(filter: BookingFilter, limit: number, before: number | null): RawBuilder<object> {
    const walks = bookingWalks(filter, { beyond: before, direction: 'desc', limit });
    const [only] = walks;
    if (only && walks.length === 1) return this.#db.walk(only) as RawBuilder<object>;
    // The indexes give the ids of all walks. In a large table each row is a page to be read, so only the answer's are.
    const parts = walks.map((walk, i) => {
      return sql`select id from (${this.#db.walk({ ...walk, columns: sql`id` })}) as ${sql.ref(`part_${i}`)}`;
    });
    const ids = sql`select id from (${sql.join(parts, sql` union all `)}) as found order by id desc limit ${limit}`;
    return sql`select * from bookings where id ${this.#db.oneOfSelected(ids)}`;
  }
}
