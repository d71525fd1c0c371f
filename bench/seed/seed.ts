import { fileURLToPath } from 'node:url';
import { runChild, runCommand } from '../stage/bench-process.ts';
import { createDatabase, type Database, type DatabaseKind } from '../stage/database.ts';
import type { Services } from '../stage/services.ts';
import { seedPostgresql } from './seed-postgresql.ts';

const SEED_SQLITE = fileURLToPath(new URL('../children/seed-sqlite.ts', import.meta.url));

/** A migrated database with that many bookings of one event, by a few statements over sets. */
export async function createSeeded(kind: DatabaseKind, bookings: number, services: Services): Promise<Database> {
  const database = await createDatabase(kind, services);
  try {
    await runCommand('migrate', database.url);
    if (bookings === 0) return database;
    if (kind === 'postgresql') await seedPostgresql(database, bookings);
    else await runChild([database.url.slice('sqlite:'.length), String(bookings)], {}, { program: SEED_SQLITE });
    return database;
  } catch (error) {
    await database.remove();
    throw error;
  }
}
