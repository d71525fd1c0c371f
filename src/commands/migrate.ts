import type { Config } from '../config.ts';
import { migrateDatabase } from '../migrations/migrate.ts';

/** Applies what is pending and prints its names. */
export async function runMigrate(config: Config): Promise<void> {
  const applied = await migrateDatabase(config.database, { onWait: (line) => console.error(`boxoffice: ${line}`) });
  console.log(applied.length > 0 ? `applied: ${applied.join(', ')}` : 'nothing to apply');
}
