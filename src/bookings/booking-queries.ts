import { type Page, type PageRequest, pageOf } from '../pagination.ts';
import type { Database } from '../platform/database.ts';
import { type Booking, BookingSchema, belongsTo } from './booking.entity.ts';
import type { BookingStatus } from './booking-status.ts';

export interface BookingFilter {
  readonly eventId?: number;
  readonly userId?: string;
  readonly status?: BookingStatus;
}

export class BookingQueries {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** @param onlyOf the user it must belong to; null: anybody's */
  async find(id: number | null, onlyOf: string | null = null): Promise<Booking | null> {
    const booking = id === null ? null : await this.#db.em().findOne(BookingSchema, { id });
    return booking && belongsTo(booking, onlyOf) ? booking : null;
  }

  countPending(): Promise<number> {
    return this.#db.em().count(BookingSchema, { status: 'PENDING' });
  }

  /** Newest first. */
  async page(filter: BookingFilter, request: PageRequest): Promise<Page<Booking>> {
    const where = { ...filter, ...(request.before !== null && { id: { $lt: request.before } }) };
    const rows = await this.#db.em().find(BookingSchema, where, { orderBy: { id: 'desc' }, limit: request.size + 1 });
    return pageOf(rows, request);
  }
}
