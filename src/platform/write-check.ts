import { sql } from 'kysely';
import type { Database } from './database.ts';
import { isDiskTrouble, withRetry } from './transient-errors.ts';

/** What a process must be able to do. */
export type TableWrite = readonly [privilege: 'INSERT' | 'UPDATE', table: string];

/** Whoever asks in between hears what the last trial said. */
const TRIAL_INTERVAL_MS = 2_000;

/** Finds out whether the database takes writes at the moment, without selling anything. */
export class WriteCheck {
  readonly #db: Database;
  #trial: Promise<void> = Promise.resolve();
  #triedAt = Number.NEGATIVE_INFINITY;
  /** PostgreSQL's disk refused a transaction, and no trial has shown yet that it has room again. */
  #suspect = false;

  constructor(db: Database) {
    this.#db = db;
  }

  /** The same database, whose failed transactions this check remembers. */
  watched(): Database {
    const { transaction } = this.#db;
    return {
      ...this.#db,
      transaction: (name, work) =>
        transaction(name, work).catch((error: unknown) => {
          if (isDiskTrouble(error)) this.#distrust();
          throw error;
        }),
    };
  }

  /** Rejects when the database is away or read-only, its disk full, or one of these writes not permitted. */
  async assertWritable(writes: readonly TableWrite[]): Promise<void> {
    await this.#db.ping();
    if (this.#db.kind === 'sqlite') return this.#shared(() => this.#writeSqlite());
    await this.#assertPermitted(writes);
    if (!this.#suspect) return;
    await this.#shared(() => this.#writePostgresql());
    this.#suspect = false;
  }

  /** From now on a trial of before says nothing. */
  #distrust(): void {
    if (!this.#suspect) this.#triedAt = Number.NEGATIVE_INFINITY;
    this.#suspect = true;
  }

  /** One trial for all who ask meanwhile. */
  #shared(trial: () => Promise<void>): Promise<void> {
    if (performance.now() - this.#triedAt < TRIAL_INTERVAL_MS) return this.#trial;
    this.#triedAt = performance.now();
    this.#trial = trial();
    return this.#trial;
  }

  /** A commit of one page, which changes nothing: the file's own mark is written over itself. */
  async #writeSqlite(): Promise<void> {
    const [found] = await this.#db.em().execute<{ application_id: number }[]>('pragma application_id');
    await withRetry(() => this.#db.em().execute(`pragma application_id = ${found?.application_id ?? 0}`));
    await this.#db.durable();
  }

  /** A standby, and a database, role or server that was made read-only, all show in this setting. */
  async #assertPermitted(writes: readonly TableWrite[]): Promise<void> {
    const conditions = [
      sql`current_setting('transaction_read_only') = 'off'`,
      ...writes.map(([privilege, table]) => sql`has_any_column_privilege(${table}, ${privilege})`),
    ];
    const { rows } = await sql<{ writable: boolean }>`select ${sql.join(conditions, sql` and `)} as writable`.execute(
      this.#db.em().getKysely(),
    );
    if (!rows[0]?.writable) throw new Error('The database is read-only, or permits not all that is needed');
  }

  /** A table that nobody else sees takes new space, and gives it back. Other trouble than that of a disk says nothing. */
  async #writePostgresql(): Promise<void> {
    const trial = async () => {
      const db = this.#db.em().getKysely();
      await db
        .transaction()
        .execute((tx) => sql`create temp table boxoffice_trial on commit drop as select 1 as one`.execute(tx));
    };
    await trial().catch((error: unknown) => {
      if (isDiskTrouble(error)) throw error;
    });
  }
}
