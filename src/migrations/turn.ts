import type { Transaction } from '@mikro-orm/core';
import { MIGRATIONS_TABLE } from '../platform/connect-options.ts';
import type { Database } from '../platform/database.ts';
import { ensureMigrationsTable, pendingMigrations } from './pending-migrations.ts';

/** Whoever sells waits behind us while we wait for a table, so this is shorter than their own DATABASE_LOCK_TIMEOUT_MS. */
const TABLE_LOCK_TIMEOUT_MS = 500;
const ADVISORY_LOCK = 4_205_112;

/**
 * Asked again and again rather than waited for: CREATE INDEX CONCURRENTLY waits for every statement that began before it,
 * and would wait for one that waits for its end. A migrator that was killed has lost the lock, but not the index that
 * PostgreSQL goes on building for it.
 */
const TAKE_TURN = `select pg_try_advisory_xact_lock(${ADVISORY_LOCK}) and not exists (
  select from pg_stat_progress_create_index where datname = current_database()) as taken`;

/**
 * Applies the next migration, if nobody else is at it, in the transaction that keeps others from it. What cannot run in a
 * transaction, such as CREATE INDEX CONCURRENTLY, runs beside this one, which has done nothing that it would wait for.
 * @returns its name; null when none is pending any more; undefined when another process migrates
 * @throws an error for which isBusy holds when somebody else keeps us from the table, or from writing
 */
export async function takeTurn(db: Database): Promise<string | null | undefined> {
  await ensureMigrationsTable(db);
  return db.orm.em.getConnection().transactional(async (tx) => {
    const taken = await (db.kind === 'postgresql' ? lockPostgresql(db, tx) : lockSqlite(db, tx));
    if (!taken) return undefined;
    const [next = null] = await pendingMigrations(db, tx);
    if (next !== null) await db.orm.migrator.up({ transaction: tx, migrations: [next] });
    return next;
  });
}

async function lockPostgresql(db: Database, tx: Transaction): Promise<boolean> {
  const connection = db.orm.em.getConnection();
  await connection.execute(`set local lock_timeout = ${TABLE_LOCK_TIMEOUT_MS}`, [], 'run', tx);
  const [turn] = await connection.execute<{ taken: boolean }[]>(TAKE_TURN, [], 'all', tx);
  return turn?.taken === true;
}

/** SQLite has one writer at a time: the writer migrates. */
async function lockSqlite(db: Database, tx: Transaction): Promise<true> {
  await db.orm.em.getConnection().execute(`delete from ${MIGRATIONS_TABLE} where false`, [], 'run', tx);
  return true;
}
