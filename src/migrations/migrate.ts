import { setTimeout as delay } from 'node:timers/promises';
import { readConfig } from '../config.ts';
import type { Database } from '../platform/database.ts';
import { namingSource } from '../platform/naming-source.ts';
import { isUnavailable } from '../platform/transient-errors.ts';
import { knownMigrations, openDatabase } from './schema.ts';

const ADVISORY_LOCK = 4_205_112;
const MAX_ATTEMPTS = 40;

/** What is in the database was made by a later version, whose rules this one does not know. */
class NewerSchema extends Error {
  constructor(unknown: readonly string[]) {
    super(
      `the database is newer than this boxoffice, which does not know ${unknown.join(', ')}: run the newer version`,
    );
  }
}

/**
 * Applies the pending migrations; safe when several processes start together.
 * @returns the names of the migrations this process applied
 * @throws NewerSchema before anything is applied
 */
export async function migrate(db: Database): Promise<string[]> {
  const applied = await (db.kind === 'postgresql' ? migrateBehindAdvisoryLock(db) : migrateInTurns(db));
  await db.durable();
  return applied;
}

/** @throws when the database lacks migrations that this build needs, or has some that it does not know */
export async function assertMigrated(db: Database): Promise<void> {
  await assertNotNewer(db);
  const pending = await db.orm.migrator.getPending();
  if (pending.length === 0) return;
  throw new Error(
    'the database is not migrated: run "boxoffice migrate" first, or start the box office with --migrate',
  );
}

/** Applies the pending migrations to the database that `databaseUrl` (as in DATABASE_URL) names. */
export async function migrateDatabase(databaseUrl: string): Promise<string[]> {
  const db = await openDatabase(readConfig({ DATABASE_URL: databaseUrl }).database, { patient: true });
  try {
    return await migrate(db);
  } finally {
    await db.close();
  }
}

async function migrateBehindAdvisoryLock(db: Database): Promise<string[]> {
  return db.em().transactional(async (tx) => {
    await tx.execute(
      'set local idle_in_transaction_session_timeout = 0; set local lock_timeout = 60000; set local statement_timeout = 60000',
    );
    await tx.execute('select pg_advisory_xact_lock(?)', [ADVISORY_LOCK]);
    return up(db);
  });
}

/** SQLite has no advisory lock: whoever loses the race finds the work done when it looks again. */
async function migrateInTurns(db: Database): Promise<string[]> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await up(db);
    } catch (error) {
      if (error instanceof NewerSchema) throw error;
      if (attempt === MAX_ATTEMPTS || isUnavailable(error)) throw namingSource(db.em().config.get('dbName'), error);
      await delay(10 + Math.random() * 90);
    }
  }
}

async function up(db: Database): Promise<string[]> {
  await assertNotNewer(db);
  const applied = await db.orm.migrator.up();
  return applied.map((migration) => migration.name);
}

async function assertNotNewer(db: Database): Promise<void> {
  const known = knownMigrations(db.kind);
  const applied = await db.orm.migrator.getExecuted();
  const unknown = applied.map(({ name }) => name).filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new NewerSchema(unknown);
}
