import { DatabaseSync } from 'node:sqlite';
import { queryPostgres } from '../support/query-database.ts';

export interface BookingRow {
  readonly id: number;
  readonly reference: string;
  readonly eventId: number;
  readonly userId: string;
  readonly quantity: number;
  readonly status: 'PENDING' | 'FINALIZED' | 'FAILED' | 'CANCELLED';
  readonly key: string | null;
  readonly version: number;
}

const ALL_BOOKINGS = `select id, reference, event_id as "eventId", user_id as "userId", quantity, status,
  idempotency_key as "key", version from bookings order by id`;
const PENDING = "select count(*) as pending from bookings where status = 'PENDING'";
const DISCONNECT = `select pg_terminate_backend(pid) from pg_stat_activity
  where application_name like 'boxoffice %' and random() < 0.6`;

/** The database itself, past every process under test. */
export class Database {
  readonly #query: <Row extends object>(sql: string) => Promise<Row[]>;

  constructor(url: string) {
    this.#query = url.startsWith('sqlite:')
      ? async <Row>(sql: string) => querySqlite<Row>(url.slice('sqlite:'.length), sql)
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

function querySqlite<Row>(file: string, sql: string): Row[] {
  const database = new DatabaseSync(file, { readOnly: true, timeout: 5_000 });
  try {
    return database.prepare(sql).all() as Row[];
  } finally {
    database.close();
  }
}
