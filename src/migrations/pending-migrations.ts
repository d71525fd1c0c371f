import type { Transaction } from '@mikro-orm/core';
import { MIGRATIONS_TABLE } from '../platform/connect-options.ts';
import type { Database } from '../platform/database.ts';
import { knownMigrations } from './schema.ts';

const HAS_TABLE = {
  sqlite: `select 1 from sqlite_master where type = 'table' and name = '${MIGRATIONS_TABLE}'`,
  postgresql: `select 1 where to_regclass('${MIGRATIONS_TABLE}') is not null`,
} as const;

/** What is in the database was made by a later version, whose rules this one does not know. */
class NewerSchema extends Error {
  constructor(unknown: readonly string[]) {
    super(
      `the database is newer than this boxoffice, which does not know ${unknown.join(', ')}: run the newer version`,
    );
  }
}

/**
 * @param tx the transaction to look in
 * @returns the names of the migrations that the database lacks, in order
 * @throws NewerSchema when it has some that this build does not know
 */
export async function pendingMigrations(db: Database, tx?: Transaction): Promise<string[]> {
  const known = knownMigrations(db.kind);
  const applied = (await hasTable(db, tx)) ? await appliedMigrations(db, tx) : [];
  const unknown = applied.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new NewerSchema(unknown);
  return known.filter((name) => !applied.includes(name));
}

/** Makes the table of the migrations. Of several that do so at once all but one fail, and find it there. */
export async function ensureMigrationsTable(db: Database): Promise<void> {
  try {
    await db.orm.migrator.getExecuted();
  } catch (error) {
    if (!(await hasTable(db))) throw error;
  }
}

async function hasTable(db: Database, tx?: Transaction): Promise<boolean> {
  const found = await db.orm.em.getConnection().execute<object[]>(HAS_TABLE[db.kind], [], 'all', tx);
  return found.length > 0;
}

async function appliedMigrations(db: Database, tx?: Transaction): Promise<string[]> {
  const rows = await db.orm.em
    .getConnection()
    .execute<{ name: string }[]>(`select name from ${MIGRATIONS_TABLE} order by id`, [], 'all', tx);
  return rows.map(({ name }) => name);
}
