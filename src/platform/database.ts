import { type EntityDictionary, type EntitySchema, IsolationLevel } from '@mikro-orm/core';
import type { SqlEntityManager } from '@mikro-orm/sql';
import type { RawBuilder } from 'kysely';
import { sql } from 'kysely';
import type { DatabaseConfig } from '../config.ts';
import type { ConnectOptions, Schema } from './connect-options.ts';
import { noFailpoints } from './failpoints.ts';
import { type IndexWalk, postgresqlIndexWalk, sqliteIndexWalk } from './index-walk.ts';
import { openPostgresql } from './open-postgresql.ts';
import { openSqlite } from './open-sqlite.ts';
import { ORDERED_BY_INDEX } from './postgresql-settings.ts';
import { withRetry } from './transient-errors.ts';

type Orm = Awaited<ReturnType<typeof openSqlite>>['orm'] | Awaited<ReturnType<typeof openPostgresql>>['orm'];

/** What the rest of the code needs of a database: reads on a fresh entity manager, transactions, and the few words the two dialects spell differently. */
export interface Database {
  readonly orm: Orm;
  readonly kind: DatabaseConfig['kind'];
  /** A fresh entity manager, without an identity map shared between requests. */
  em(): SqlEntityManager;
  /**
   * Runs `work` in one transaction and again, with jitter, while the database says that it was merely busy.
   * Only SQL may be awaited inside, and the first statement must be a write: SQLite takes its write lock there.
   * @param name names its failpoints
   */
  transaction<T>(name: string, work: (tx: SqlEntityManager) => Promise<T>): Promise<T>;
  /** Runs `read` on the database as it is at one moment, whatever others commit meanwhile. */
  snapshot<T>(read: (tx: SqlEntityManager) => Promise<T>): Promise<T>;
  /** A point in time as this dialect stores it. */
  timestamp(date: Date): Date | number;
  /** So many milliseconds from now by the database's own clock: PostgreSQL's server's, whatever a process believes; SQLite's is the host's. */
  fromNow(ms: unknown): RawBuilder<unknown>;
  /**
   * Runs a statement whose ORDER BY an index gives. PostgreSQL would rather read all there is and sort it when its
   * statistics do not know of a backlog; it is told not to.
   * @param tx a transaction that is under way; all that comes in it is then told the same
   */
  orderedByIndex<T>(statement: RawBuilder<T>, tx?: SqlEntityManager): Promise<T[]>;
  /** The SELECT of a walk along an index, which reads nothing else, with or without statistics; for `orderedByIndex`. */
  walk(along: IndexWalk): RawBuilder<unknown>;
  /** After a table's name: SQLite is told to use that index. PostgreSQL chooses by itself. */
  through(index: string): RawBuilder<unknown>;
  /** At the end of a SELECT: locks its rows for an UPDATE and leaves out those that others have locked; SQLite has one writer at a time. */
  readonly lockedOnlyByUs: RawBuilder<unknown>;
  /** A table expression `rows` made of one JSON parameter, so that a statement keeps its text whatever the number of rows. */
  jsonRows(rows: readonly object[], columns: Readonly<Record<string, 'text' | 'integer'>>): RawBuilder<unknown>;
  /** The condition that a column is one of these, of one parameter, so that a statement keeps its text whatever their number. */
  oneOf(values: readonly (number | string)[]): RawBuilder<unknown>;
  /** The same for the rows of a SELECT of one column, which is run first, whatever the statistics say. */
  oneOfSelected(select: RawBuilder<unknown>): RawBuilder<unknown>;
  /** Resolves when everything that was committed so far, by any process, is on the disk; `transaction` does by itself. */
  durable(): Promise<void>;
  ping(): Promise<void>;
  close(): Promise<void>;
}

export async function connectDatabase(
  config: DatabaseConfig,
  schema: Schema,
  options: ConnectOptions = {},
): Promise<Database> {
  const { orm, storage } =
    config.kind === 'sqlite'
      ? await openSqlite(config, schema, options)
      : await openPostgresql(config, schema, options);
  const { failpoints = noFailpoints, onFailure = () => undefined } = options;
  const em = () => {
    storage.assertUsable();
    return orm.em.fork({ clear: true }) as SqlEntityManager;
  };

  async function attempt<T>(name: string, work: (tx: SqlEntityManager) => Promise<T>): Promise<T> {
    try {
      const result = await em().transactional(async (tx) => {
        const worked = await work(tx as SqlEntityManager);
        await failpoints(`${name}:before-commit`);
        storage.assertInPlace();
        return worked;
      });
      await storage.durable();
      await failpoints(`${name}:after-commit`);
      return result;
    } catch (error) {
      onFailure(error);
      await storage.failed(error);
      throw error;
    }
  }

  async function ping(): Promise<void> {
    storage.assertInPlace();
    await storage.durable();
    await em().execute('select 1');
  }

  return {
    orm,
    kind: config.kind,
    em,
    transaction: (name, work) => withRetry(() => attempt(name, work)),
    // SQLite's transactions are snapshots by themselves, in WAL mode.
    snapshot: (read) =>
      em().transactional(
        (tx) => read(tx as SqlEntityManager),
        config.kind === 'postgresql' ? { isolationLevel: IsolationLevel.REPEATABLE_READ, readOnly: true } : {},
      ),
    timestamp: (date) => (config.kind === 'sqlite' ? date.getTime() : date),
    fromNow: (ms) =>
      config.kind === 'sqlite'
        ? sql`(cast(unixepoch('subsec') * 1000 as integer) + ${ms})`
        : sql`(now() + ${ms} * interval '1 millisecond')`,
    orderedByIndex: async (statement, tx) => {
      const run = async (on: SqlEntityManager) => (await statement.execute(on.getKysely())).rows;
      if (config.kind === 'sqlite') return run(tx ?? em());
      const runInOrder = async (on: SqlEntityManager) => {
        await on.execute(ORDERED_BY_INDEX);
        return run(on);
      };
      return tx ? runInOrder(tx) : em().transactional((own) => runInOrder(own as SqlEntityManager));
    },
    walk: config.kind === 'sqlite' ? sqliteIndexWalk : postgresqlIndexWalk,
    through: (index) => (config.kind === 'sqlite' ? sql`indexed by ${sql.ref(index)}` : sql``),
    lockedOnlyByUs: config.kind === 'sqlite' ? sql`` : sql`for no key update skip locked`,
    jsonRows: config.kind === 'sqlite' ? sqliteJsonRows : postgresqlJsonRows,
    oneOf: (values) =>
      config.kind === 'sqlite'
        ? sql`in (select value from json_each(${JSON.stringify(values)}))`
        : sql`= any(${values})`,
    oneOfSelected: (select) => (config.kind === 'sqlite' ? sql`in (${select})` : sql`= any(array(${select}))`),
    durable: () => storage.durable(),
    ping: () =>
      ping().catch((error: unknown) => {
        onFailure(error);
        throw error;
      }),
    close: async () => {
      await storage.close();
      await orm.close();
    },
  };
}

/** Rows of a statement of our own, as MikroORM's queries give them: property names and dates. */
export function toEntities<T extends object>(
  em: SqlEntityManager,
  schema: EntitySchema<T>,
  rows: readonly object[],
): T[] {
  const meta = em.getMetadata(schema);
  return rows.map((row) => em.getDriver().mapResult(row as EntityDictionary<T>, meta) as T);
}

/** Runs a SELECT of our own over all columns. */
export async function selectEntities<T extends object>(
  em: SqlEntityManager,
  schema: EntitySchema<T>,
  statement: RawBuilder<object>,
): Promise<T[]> {
  const { rows } = await statement.execute(em.getKysely());
  return toEntities(em, schema, rows);
}

function sqliteJsonRows(rows: readonly object[], columns: Readonly<Record<string, string>>): RawBuilder<unknown> {
  const fields = Object.keys(columns).map((name) => sql`value ->> ${sql.lit(name)} as ${sql.ref(name)}`);
  return sql`(select ${sql.join(fields)} from json_each(${JSON.stringify(rows)})) as rows`;
}

function postgresqlJsonRows(rows: readonly object[], columns: Readonly<Record<string, string>>): RawBuilder<unknown> {
  const fields = Object.entries(columns).map(([name, type]) => sql`${sql.ref(name)} ${sql.raw(type)}`);
  return sql`json_to_recordset(${JSON.stringify(rows)}::json) as rows(${sql.join(fields)})`;
}
