import { CompiledQuery, type Driver } from 'kysely';

/** How long a statement may wait for a lock, may take in all, and how long a transaction may do nothing. */
export interface StatementBounds {
  readonly lockTimeoutMs: number;
  readonly statementTimeoutMs: number;
  readonly idleInTransactionTimeoutMs: number;
}

/** A new connection of the pool, as the driver `pg` has it. */
interface Client {
  /** The server process that greeted it; null when nobody said. */
  readonly processID: number | null;
  query(sql: string): Promise<{ readonly rows: readonly unknown[] }>;
}

/**
 * How the server is to treat our statements, whatever its own settings, those of the database or of the role are.
 * On a connection of our own they are set once. A pooler such as PgBouncer in transaction mode lends a server connection
 * for one transaction only: what is set there for longer would meet its next user, so each transaction brings them along,
 * in the message that begins it.
 */
export class PostgresqlSettings {
  readonly #forSession: string;
  readonly #forTransaction: string;
  #lent = false;

  /** @param bounds null: none, for maintenance, also where the server, the database or the role has some */
  constructor(bounds: StatementBounds | null) {
    const settings = boundSettings(bounds);
    // Our UPDATEs rely on READ COMMITTED: a stricter level turns every concurrent booking into a serialization error.
    this.#forSession = assign([['default_transaction_isolation', 'read committed'], ...settings], false);
    this.#forTransaction = assign(settings, true);
  }

  /** To be called for each new connection, before it is used. */
  async apply(client: Client): Promise<void> {
    // When another process answers than the one that greeted us, a pooler lends us its connections.
    const { rows } = await client.query(`${this.#forSession} where pg_backend_pid() = ${client.processID ?? 0}`);
    if (rows.length === 0) this.#lent = true;
  }

  bringAlong(driver: Driver): void {
    const begin = driver.beginTransaction.bind(driver);
    driver.beginTransaction = async (link, settings) => {
      if (!this.#lent) return begin(link, settings);
      const { isolationLevel = 'read committed', accessMode = 'read write' } = settings;
      const words = `begin isolation level ${isolationLevel} ${accessMode}; ${this.#forTransaction}`;
      try {
        await link.executeQuery(CompiledQuery.raw(words));
      } catch (error) {
        // It may have begun.
        await driver.rollbackTransaction(link);
        throw error;
      }
    };
  }
}

function boundSettings(bounds: StatementBounds | null): [string, string][] {
  const bounded: [string, string][] = [
    ['lock_timeout', `${bounds?.lockTimeoutMs ?? 0}`],
    ['statement_timeout', `${bounds?.statementTimeoutMs ?? 0}`],
    ['idle_in_transaction_session_timeout', `${bounds?.idleInTransactionTimeoutMs ?? 0}`],
  ];
  return bounds ? bounded : [...bounded, ['transaction_timeout', '0']];
}

/** `local`: at the COMMIT's answer it is on the server's disk, which `off` does not promise; anything stricter stays. */
const SYNCHRONOUS_COMMIT =
  "case current_setting('synchronous_commit') when 'off' then 'local' else current_setting('synchronous_commit') end";

/** Before PostgreSQL 17 there is no transaction_timeout. */
function assign(settings: readonly (readonly [string, string])[], inTransaction: boolean): string {
  const values = [...settings.map(([name, value]) => [name, `'${value}'`]), ['synchronous_commit', SYNCHRONOUS_COMMIT]];
  const assignments = values.map(
    ([name, value]) =>
      `case when current_setting('${name}', true) is not null then set_config('${name}', ${value}, ${inTransaction}) end`,
  );
  return `select ${assignments.join(', ')}`;
}
