import type { StoredBooking } from '../support/booking-promises.ts';
import { queryPostgres, sqliteRows } from '../support/query-database.ts';

export interface BookingRow extends StoredBooking {
  readonly key: string | null;
  readonly version: number;
}

const ALL_BOOKINGS = `select cast(id as varchar) as id, reference, cast(event_id as varchar) as "eventId", user_id as "userId",
  quantity, status, idempotency_key as "key", version from bookings order by bookings.id`;
const PENDING = "select count(*) as pending from bookings where status = 'PENDING'";
const DISCONNECT = `select pg_terminate_backend(pid) from pg_stat_activity
  where application_name like 'boxoffice %' and random() < 0.6`;

/** The database itself, past every process under test. */
export class Database {
  readonly #query: <Row extends object>(sql: string) => Promise<Row[]>;

  constructor(url: string) {
    this.#query = url.startsWith('sqlite:')
      ? async <Row extends object>(sql: string) => sqliteRows<Row>(url.slice('sqlite:'.length), sql)
      : (sql) => queryPostgres(url, sql);
  }

  bookings(): Promise<BookingRow[]> {
    return this.#query<BookingRow>(ALL_BOOKINGS);
  }

  async countPending(): Promise<number> {
    const [row] = await this.#query<{ pending: number | string }>(PENDING);
    return Number(row?.pending);
  }

  /** Ends some of the connections that the box office has, from PostgreSQL's side. */
  async disconnectSome(): Promise<void> {
    await this.#query(DISCONNECT);
  }
}
