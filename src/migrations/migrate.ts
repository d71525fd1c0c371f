import type { DatabaseConfig } from '../config.ts';
import type { Database } from '../platform/database.ts';
import { namingSource } from '../platform/redact.ts';
import { isBusy } from '../platform/transient-errors.ts';
import { MigrationWaits } from './migration-waits.ts';
import { openDatabase } from './open-database.ts';
import { pendingMigrations } from './pending-migrations.ts';
import { takeTurn } from './turn.ts';

/** One connection for the transaction of a migration, and one for what runs beside it. */
const CONNECTIONS = 2;
/** Nothing else happens in a process that migrates, so SQLite may keep it for so long. */
const SQLITE_WAIT_MS = 1_000;

/** Told of what makes a migration take longer; each line once. */
export interface MigrationWatch {
  readonly onPending?: (names: readonly string[]) => void;
  /** Before each, with how many are pending, itself among them; another process may be the one that applies it. */
  readonly onApply?: (name: string, pending: number) => void;
  readonly onWait?: (line: string) => void;
}

/**
 * Applies the pending migrations over connections of its own, which have no time limits; waits for whoever else does.
 * @returns the names of the migrations this process applied
 * @throws NewerSchema before anything is applied
 */
export async function migrateDatabase(config: DatabaseConfig, watch: MigrationWatch = {}): Promise<string[]> {
  const own =
    config.kind === 'sqlite' ? { ...config, busyTimeoutMs: SQLITE_WAIT_MS } : { ...config, poolMax: CONNECTIONS };
  const db = await openDatabase(own, { patient: true });
  try {
    return await migrate(db, watch);
  } finally {
    await db.close();
  }
}

/** The same over connections that are open already. */
export async function migrate(db: Database, { onPending, onApply, onWait }: MigrationWatch = {}): Promise<string[]> {
  const applied: string[] = [];
  const waits = new MigrationWaits(db.kind, onWait);
  let pending = await pendingMigrations(db);
  if (pending.length > 0) onPending?.(pending);
  for (let [next] = pending; next !== undefined; [next] = pending) {
    onApply?.(next, pending.length);
    try {
      const turn = await takeTurn(db);
      if (turn === undefined) await waits.forMigrator();
      else if (turn !== null) applied.push(turn);
    } catch (error) {
      if (!isBusy(error)) throw db.kind === 'sqlite' ? namingSource(db.em().config.get('dbName'), error) : error;
      await waits.afterBusy(error);
    }
    pending = await pendingMigrations(db);
  }
  await db.durable();
  return applied;
}

/** @throws when the database lacks migrations that this build needs, or has some that it does not know */
export async function assertMigrated(db: Database): Promise<void> {
  const pending = await pendingMigrations(db);
  if (pending.length === 0) return;
  throw new Error(
    'the database is not migrated: run "boxoffice migrate" first, or start the box office with --migrate',
  );
}
