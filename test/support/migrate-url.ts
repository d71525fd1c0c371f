import { readConfig } from '../../src/config.ts';
import { type MigrationWatch, migrateDatabase } from '../../src/migrations/migrate.ts';

/** @param url as in DATABASE_URL */
export function migrateUrl(url: string, watch?: MigrationWatch): Promise<string[]> {
  return migrateDatabase(readConfig({ DATABASE_URL: url }).database, watch);
}
