import { type Page, type PageRequest, pageOf } from '../pagination.ts';
import type { Database } from '../platform/database.ts';
import { type Booking, BookingSchema } from './booking.entity.ts';
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

  async find(id: number | null): Promise<Booking | null> {
    return id === null ? null : this.#db.em().findOne(BookingSchema, { id });
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
