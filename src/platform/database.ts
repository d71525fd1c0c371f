import type { EventEmitter } from 'node:events';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Constructor, type EntityDictionary, type EntitySchema, IsolationLevel } from '@mikro-orm/core';
import { type Migration, Migrator } from '@mikro-orm/migrations';
import { defineConfig as definePostgresql, MikroORM as PostgresqlOrm } from '@mikro-orm/postgresql';
import type { SqlEntityManager } from '@mikro-orm/sql';
import { defineConfig as defineSqlite, MikroORM as SqliteOrm } from '@mikro-orm/sqlite';
import type { RawBuilder } from 'kysely';
import { sql } from 'kysely';
import type { DatabaseConfig } from '../config.ts';
import { type Failpoints, noFailpoints } from './failpoints.ts';
import { keepStatements } from './kept-statements.ts';
import { closeAfterTimeout, releaseAfterFailure } from './release-after-failure.ts';
import { blame, stillInPlace } from './sqlite-file.ts';
import { withRetry } from './transient-errors.ts';
import { type SyncFile, WalSync } from './wal-sync.ts';

type Orm = Awaited<ReturnType<typeof openSqlite>> | Awaited<ReturnType<typeof openPostgresql>>;

interface Schema {
  readonly entities: EntitySchema[];
  readonly migrations: { name: string; class: Constructor<Migration> }[];
}

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
  /** A table expression `rows` made of one JSON parameter, so that a statement keeps its text whatever the number of rows. */
  jsonRows(rows: readonly object[], columns: Readonly<Record<string, 'text' | 'integer'>>): RawBuilder<unknown>;
  /** The condition that a column is one of these, of one parameter, so that a statement keeps its text whatever their number. */
  oneOf(values: readonly (number | string)[]): RawBuilder<unknown>;
  /** Resolves when everything that was committed so far, by any process, is on the disk; `transaction` does by itself. */
  durable(): Promise<void>;
  ping(): Promise<void>;
  close(): Promise<void>;
}

export interface ConnectOptions {
  /** For maintenance: statements may take as long as they need. */
  readonly patient?: boolean;
  /** A SQLite file that is missing is an error, not a new database. */
  readonly mustExist?: boolean;
  /** What MikroORM has to say, such as a connection that broke. */
  readonly onMessage?: (message: string) => void;
  readonly failpoints?: Failpoints;
  /** In place of fdatasync. */
  readonly syncFile?: SyncFile;
}

/** better-sqlite3 waits for a lock with the event loop stopped, so it waits shortly and `withRetry` does the rest. */
const SQLITE_BUSY_TIMEOUT_MS = 5;
/** Our UPDATEs rely on it: a stricter level turns every concurrent booking into a serialization error. */
const ISOLATION = '-c default_transaction_isolation=read\\ committed';
const STATEMENT_BOUNDS = '-c lock_timeout=1000 -c statement_timeout=2000 -c idle_in_transaction_session_timeout=2000';
const QUERY_TIMEOUT_MS = 2_500;

export async function connectDatabase(
  config: DatabaseConfig,
  schema: Schema,
  options: ConnectOptions = {},
): Promise<Database> {
  const assertInPlace = config.kind === 'sqlite' ? stillInPlace(config.file) : () => undefined;
  const orm =
    config.kind === 'sqlite'
      ? await openSqlite(config.file, schema, options, assertInPlace).catch((error) => blame(config.file, error))
      : await openPostgresql(config, schema, options);
  const wal = config.kind === 'sqlite' ? new WalSync(config.file, options.syncFile) : null;
  const durable = async () => wal?.sync();
  const { failpoints = noFailpoints } = options;
  const em = () => orm.em.fork({ clear: true }) as SqlEntityManager;
  return {
    orm,
    kind: config.kind,
    em,
    transaction: (name, work) =>
      withRetry(async () => {
        const result = await em().transactional(async (tx) => {
          const worked = await work(tx as SqlEntityManager);
          await failpoints(`${name}:before-commit`);
          assertInPlace();
          return worked;
        });
        await durable();
        await failpoints(`${name}:after-commit`);
        return result;
      }),
    // SQLite's transactions are snapshots by themselves, in WAL mode.
    snapshot: (read) =>
      em().transactional(
        (tx) => read(tx as SqlEntityManager),
        config.kind === 'postgresql' ? { isolationLevel: IsolationLevel.REPEATABLE_READ, readOnly: true } : {},
      ),
    timestamp: (date) => (config.kind === 'sqlite' ? date.getTime() : date),
    jsonRows: config.kind === 'sqlite' ? sqliteJsonRows : postgresqlJsonRows,
    oneOf: (values) =>
      config.kind === 'sqlite'
        ? sql`in (select value from json_each(${JSON.stringify(values)}))`
        : sql`= any(${values})`,
    durable,
    ping: async () => {
      assertInPlace();
      await durable();
      await em().execute('select 1');
    },
    close: async () => {
      await wal?.close();
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

async function openSqlite(file: string, schema: Schema, options: ConnectOptions, assertInPlace: () => void) {
  if (!options.mustExist) mkdirSync(dirname(file), { recursive: true });
  const orm = await SqliteOrm.init(
    defineSqlite({
      ...ormOptions(schema, options),
      dbName: file,
      driverOptions: { timeout: SQLITE_BUSY_TIMEOUT_MS, fileMustExist: options.mustExist ?? false },
    }),
  );
  keepStatements(orm.em.getConnection());
  releaseAfterFailure(orm.em.getConnection());
  // NORMAL: WalSync brings a commit to the disk, before it is answered.
  for (const pragma of ['journal_mode = wal', 'synchronous = normal', 'cache_size = -65536']) {
    await withRetry(async () => {
      // Who waited for a restore has the file of before, and must not make a log for it where the new one's belongs.
      assertInPlace();
      await orm.em.fork().execute(`pragma ${pragma}`);
    });
  }
  assertInPlace();
  return orm;
}

async function openPostgresql(
  config: Extract<DatabaseConfig, { kind: 'postgresql' }>,
  schema: Schema,
  options: ConnectOptions,
) {
  const { patient } = options;
  const orm = await PostgresqlOrm.init(
    definePostgresql({
      ...ormOptions(schema, options),
      clientUrl: config.url,
      pool: { min: 0, max: config.poolMax, idleTimeoutMillis: 30_000 },
      driverOptions: {
        options: patient ? ISOLATION : `${ISOLATION} ${STATEMENT_BOUNDS}`,
        connectionTimeoutMillis: 1_500,
        ...(!patient && { query_timeout: QUERY_TIMEOUT_MS }),
        keepAlive: true,
        application_name: 'boxoffice',
        onPoolCreated: (pool: EventEmitter) => void pool.on('connect', closeAfterTimeout),
      },
    }),
  );
  releaseAfterFailure(orm.em.getConnection());
  return orm;
}

function ormOptions({ entities, migrations }: Schema, { onMessage = () => undefined }: ConnectOptions) {
  return {
    entities,
    // A mistyped DATABASE_URL must be an error, not a new database.
    ensureDatabase: false,
    logger: onMessage,
    colors: false,
    extensions: [Migrator],
    migrations: { tableName: 'boxoffice_migrations', migrationsList: migrations, snapshot: false },
  };
}

function sqliteJsonRows(rows: readonly object[], columns: Readonly<Record<string, string>>): RawBuilder<unknown> {
  const fields = Object.keys(columns).map((name) => sql`value ->> ${sql.lit(name)} as ${sql.ref(name)}`);
  return sql`(select ${sql.join(fields)} from json_each(${JSON.stringify(rows)})) as rows`;
}

function postgresqlJsonRows(rows: readonly object[], columns: Readonly<Record<string, string>>): RawBuilder<unknown> {
  const fields = Object.entries(columns).map(([name, type]) => sql`${sql.ref(name)} ${sql.raw(type)}`);
  return sql`json_to_recordset(${JSON.stringify(rows)}::json) as rows(${sql.join(fields)})`;
}
