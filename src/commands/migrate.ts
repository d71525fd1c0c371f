import type { Config } from '../config.ts';
import { migrateDatabase } from '../migrations/migrate.ts';
import { progressOfLongWork } from './progress.ts';

/** Applies what is pending and prints its names. */
export async function runMigrate(config: Config): Promise<void> {
  const tell = (line: string) => console.error(`boxoffice: ${line}`);
  // Whoever watches sees at once what takes so long; a log has a line when something does.
  const progress = process.stderr.isTTY ? console.error : progressOfLongWork();
  const applied = await migrateDatabase(config.database, {
    onWait: tell,
    onApply: (name, pending) => progress(`boxoffice: applying ${name}, ${pending} to go`),
  });
  console.log(applied.length > 0 ? `applied: ${applied.join(', ')}` : 'nothing to apply');
}
