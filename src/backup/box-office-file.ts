import { knownMigrations } from '../migrations/schema.ts';
import type { SqliteConnection } from '../platform/sqlite-connection.ts';
import { blame } from '../platform/sqlite-file.ts';

const HAS_MIGRATIONS = "select 1 from sqlite_master where type = 'table' and name = 'boxoffice_migrations'";

/** @throws Error when the file holds no database, or another program's */
export function assertBoxOffice(connection: SqliteConnection, file: string): void {
  try {
    if (!connection.prepare(HAS_MIGRATIONS).get()) throw new Error("is not a box office's database");
  } catch (error) {
    blame(file, error);
  }
}

/** @throws Error when a newer version made it: this one would not know what its columns mean */
export function assertKnownVersion(connection: SqliteConnection, file: string): void {
  const known = knownMigrations('sqlite');
  const applied = connection.prepare('select name from boxoffice_migrations order by id').all() as { name: string }[];
  const unknown = applied.filter(({ name }) => !known.includes(name));
  if (unknown.length === 0) return;
  throw new Error(`${file}: was made by a newer version (${unknown.map(({ name }) => name).join(', ')})`);
}
