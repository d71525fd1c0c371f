import type { Database } from '../platform/database.ts';
import { type Ticket, TicketSchema } from './ticket.entity.ts';

export class TicketQueries {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** In the order of their serials. */
  ofBookings(bookingIds: readonly number[]): Promise<Ticket[]> {
    return this.#db
      .em()
      .find(TicketSchema, { bookingId: { $in: [...bookingIds] } }, { orderBy: { bookingId: 'asc', serial: 'asc' } });
  }
}
