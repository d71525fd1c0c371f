import { readConfig } from '../../src/config.ts';
import { openDatabase } from '../../src/migrations/open-database.ts';
import { knownMigrations } from '../../src/migrations/schema.ts';
import { createEmptyDatabase, type DatabaseKind, type EmptyDatabase } from './empty-database.ts';

export interface OlderDatabase extends EmptyDatabase {
  /** The migrations that it lacks, in order. */
  readonly lacks: readonly string[];
}

/** A database as an earlier version left it. */
export async function createOlderDatabase(kind: DatabaseKind, last: string): Promise<OlderDatabase> {
  const created = await createEmptyDatabase(kind);
  const db = await openDatabase(readConfig({ DATABASE_URL: created.url }).database);
  await db.orm.migrator.up({ to: last });
  await db.close();
  const known = knownMigrations(kind);
  return { ...created, lacks: known.slice(known.indexOf(last) + 1) };
}
