import { sql } from 'kysely';
import { type Database, selectEntities } from '../platform/database.ts';
import { type Ticket, TicketSchema } from './ticket.entity.ts';

export class TicketQueries {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  findByCode(code: string): Promise<Ticket | null> {
    return this.#db.em().findOne(TicketSchema, { code });
  }

  /** In the order of their serials. */
  ofBookings(bookingIds: readonly number[]): Promise<Ticket[]> {
    return selectEntities(
      this.#db.em(),
      TicketSchema,
      sql`select * from tickets where booking_id ${this.#db.oneOf(bookingIds)} order by booking_id, serial`,
    );
  }
}
