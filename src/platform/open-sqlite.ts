import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { defineConfig, MikroORM } from '@mikro-orm/sqlite';
import { type ConnectOptions, ormOptions, type Schema } from './connect-options.ts';
import { keepStatements } from './kept-statements.ts';
import { releaseAfterFailure } from './release-after-failure.ts';
import { namingFile } from './sqlite-files.ts';
import { SqliteStorage } from './sqlite-storage.ts';
import { withRetry } from './transient-errors.ts';

/** better-sqlite3 waits for a lock with the event loop stopped, so it waits shortly and `withRetry` does the rest. */
const SQLITE_BUSY_TIMEOUT_MS = 5;

export async function openSqlite(file: string, schema: Schema, options: ConnectOptions) {
  const orm = await connect(file, schema, options).catch((error: unknown) => {
    throw namingFile(file, error);
  });
  const { syncFile, onWarning = () => undefined, onFatal = () => undefined } = options;
  const checkpoint = async () => {
    if (!(await emptyLog(orm))) throw new Error('somebody is reading in it');
  };
  return { orm, storage: new SqliteStorage({ file, syncFile, checkpoint, onWarning, onFatal }) };
}

async function connect(file: string, schema: Schema, options: ConnectOptions) {
  if (!options.mustExist) mkdirSync(dirname(file), { recursive: true });
  const orm = await MikroORM.init(
    defineConfig({
      ...ormOptions(schema, options),
      dbName: file,
      driverOptions: { timeout: SQLITE_BUSY_TIMEOUT_MS, fileMustExist: options.mustExist ?? false },
    }),
  );
  keepStatements(orm.em.getConnection());
  releaseAfterFailure(orm.em.getConnection());
  // NORMAL: WalSync brings a commit to the disk, before it is answered.
  for (const pragma of ['journal_mode = wal', 'synchronous = normal', 'cache_size = -65536']) {
    await withRetry(() => orm.em.fork().execute(`pragma ${pragma}`));
  }
  // After a sync that failed, the log may have a hole on the disk which the system's memory hides, and what is written
  // behind a hole is lost with the power. So nothing is written behind what an earlier process left.
  if (!options.patient) await withRetry(() => emptyLog(orm));
  else await withRetry(() => orm.em.fork().execute('pragma user_version'));
  return orm;
}

/** Brings what is in the log into the database. @returns whether all of it is there, and the log is empty */
async function emptyLog(orm: MikroORM): Promise<boolean> {
  const [result] = await orm.em.fork().execute<{ busy: number }[]>('pragma wal_checkpoint(truncate)');
  return result?.busy === 0;
}
