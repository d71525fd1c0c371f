import type { EntityDictionary, EntitySchema } from '@mikro-orm/core';
import type { SqlEntityManager } from '@mikro-orm/sql';
import type { RawBuilder } from 'kysely';
import type { DatabaseConfig } from '../config.ts';
import type { ConnectOptions, Schema } from './connect-options.ts';
import { type Failpoints, noFailpoints } from './connect-options.ts';
import type { Dialect } from './dialect.ts';
import { openPostgresql } from './postgresql/open-postgresql.ts';
import { POSTGRESQL } from './postgresql/postgresql-dialect.ts';
import { openSqlite } from './sqlite/open-sqlite.ts';
import { SQLITE } from './sqlite/sqlite-dialect.ts';
import type { Storage } from './storage.ts';
import { withRetry } from './transient-errors.ts';

type Orm = Awaited<ReturnType<typeof openSqlite>>['orm'] | Awaited<ReturnType<typeof openPostgresql>>['orm'];

/** What the rest of the code needs of a database: its dialect, reads on a fresh entity manager, and transactions. */
export interface Database extends Omit<Dialect, 'snapshot' | 'keepToIndexes'> {
  readonly orm: Orm;
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
  /**
   * Runs a statement whose ORDER BY an index gives. PostgreSQL would rather read all there is and sort it when its
   * statistics do not know of a backlog; it is told not to.
   * @param tx a transaction that is under way; all that comes in it is then told the same
   */
  orderedByIndex<T>(statement: RawBuilder<T>, tx?: SqlEntityManager): Promise<T[]>;
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
  const dialect = config.kind === 'sqlite' ? SQLITE : POSTGRESQL;
  const { failpoints = noFailpoints, onFailure = () => undefined, onCommit = () => undefined } = options;
  const em = () => {
    storage.assertUsable();
    return orm.em.fork({ clear: true }) as SqlEntityManager;
  };

  const parts = { em, storage, dialect, failpoints, onFailure, onCommit };
  return {
    ...dialect,
    orm,
    em,
    transaction: (name, work) => withRetry(() => attempt(parts, name, work)),
    snapshot: (read) => em().transactional((tx) => read(tx as SqlEntityManager), dialect.snapshot),
    orderedByIndex: (statement, tx) => orderedByIndex(parts, statement, tx),
    durable: () => storage.durable(),
    ping: () => ping(parts),
    close: async () => {
      await storage.close();
      await orm.close();
    },
  };
}

interface Parts {
  readonly em: () => SqlEntityManager;
  readonly storage: Storage;
  readonly dialect: Dialect;
  readonly failpoints: Failpoints;
  readonly onFailure: (error: unknown) => void;
  readonly onCommit: NonNullable<ConnectOptions['onCommit']>;
}

async function attempt<T>(parts: Parts, name: string, work: (tx: SqlEntityManager) => Promise<T>): Promise<T> {
  const { em, storage, failpoints, onFailure, onCommit } = parts;
  const begunAt = performance.now();
  try {
    const result = await em().transactional(async (tx) => {
      const worked = await work(tx as SqlEntityManager);
      await failpoints(`${name}:before-commit`);
      storage.assertInPlace();
      return worked;
    });
    await storage.durable();
    onCommit(name, (performance.now() - begunAt) / 1_000);
    await failpoints(`${name}:after-commit`);
    return result;
  } catch (error) {
    onFailure(error);
    await storage.failed(error);
    throw error;
  }
}

async function orderedByIndex<T>({ em, dialect }: Parts, statement: RawBuilder<T>, tx?: SqlEntityManager) {
  const run = async (on: SqlEntityManager) => {
    if (dialect.keepToIndexes) await on.execute(dialect.keepToIndexes);
    return (await statement.execute(on.getKysely())).rows;
  };
  if (tx || !dialect.keepToIndexes) return run(tx ?? em());
  return em().transactional((own) => run(own as SqlEntityManager));
}

async function ping({ em, storage, onFailure }: Parts): Promise<void> {
  try {
    storage.assertInPlace();
    await storage.durable();
    await em().execute('select 1');
  } catch (error) {
    onFailure(error);
    throw error;
  }
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
