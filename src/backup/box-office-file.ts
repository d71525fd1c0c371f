import { knownMigrations } from '../migrations/schema.ts';
import type { SqliteConnection } from '../platform/sqlite/sqlite-connection.ts';
import { blaming } from '../platform/sqlite/sqlite-files.ts';

const HAS_MIGRATIONS = "select 1 from sqlite_master where type = 'table' and name = 'boxoffice_migrations'";

export interface NewestBooking {
  readonly id: number;
  readonly reference: string;
}

/** @throws Error when the file holds no database, or another program's */
export function assertBoxOffice(connection: SqliteConnection, file: string): void {
  const found = blaming(file, () => connection.prepare(HAS_MIGRATIONS).get());
  if (!found) throw new Error(`${file}: is not a box office's database`);
}

/** @throws Error when a newer version made it: this one would not know what its columns mean */
export function assertKnownVersion(connection: SqliteConnection, file: string): void {
  const known = knownMigrations('sqlite');
  const applied = blaming(file, () => connection.prepare('select name from boxoffice_migrations order by id').all());
  const unknown = (applied as { name: string }[]).map(({ name }) => name).filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Error(`${file}: was made by a newer version (${unknown.join(', ')})`);
}

export function newestBooking(connection: SqliteConnection, file: string): NewestBooking | null {
  const newest = 'select id, reference from bookings order by id desc limit 1';
  return (blaming(file, () => connection.prepare(newest).get()) as NewestBooking | undefined) ?? null;
}
