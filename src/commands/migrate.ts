import type { Config } from '../config.ts';
import { migrate } from '../migrations/migrate.ts';
import { openDatabase } from '../migrations/schema.ts';

/** Applies what is pending and prints its names. */
export async function runMigrate(config: Config): Promise<void> {
  const db = await openDatabase(config.database, { patient: true });
  try {
    const applied = await migrate(db);
    console.log(applied.length > 0 ? `applied: ${applied.join(', ')}` : 'nothing to apply');
  } finally {
    await db.close();
  }
}
