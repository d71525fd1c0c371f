import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { defineConfig, MikroORM } from '@mikro-orm/sqlite';
import type { DatabaseConfig } from '../../config.ts';
import { adaptConnection, SQLITE_PARAMETERS } from '../adapt-connection.ts';
import { type ConnectOptions, ormOptions, type Schema } from '../connect-options.ts';
import { namingSource } from '../redact.ts';
import { withRetry } from '../transient-errors.ts';
import { stillInPlace } from './sqlite-files.ts';
import { keepStatistics } from './sqlite-statistics.ts';
import { SqliteStorage } from './sqlite-storage.ts';
import { cacheStatements, type SqliteDatabase } from './statement-cache.ts';

/** What the log keeps when it begins anew, after a long read or a large write; four times what it needs usually. */
const MAX_IDLE_LOG_BYTES = 16 * 1_048_576;

type SqliteConfig = Extract<DatabaseConfig, { kind: 'sqlite' }>;

export async function openSqlite(config: SqliteConfig, schema: Schema, options: ConnectOptions) {
  const { file } = config;
  const orm = await connect(config, schema, options).catch((error: unknown) => {
    throw namingSource(file, error);
  });
  const { syncFile, onWarning = () => undefined, onFatal = () => undefined } = options;
  const checkpoint = async () => {
    if (!(await emptyLog(orm))) throw new Error('somebody is reading in it');
  };
  const endStatistics = options.patient ? () => undefined : await keepStatistics(orm, onWarning);
  const storage = new SqliteStorage({ file, syncFile, checkpoint, onWarning, onFatal, onClose: endStatistics });
  return { orm, storage };
}

async function connect(config: SqliteConfig, schema: Schema, options: ConnectOptions) {
  const { file, busyTimeoutMs, cacheMib, mmapMib } = config;
  const assertInPlace = stillInPlace(file);
  if (!options.mustExist) mkdirSync(dirname(file), { recursive: true });
  const orm = await MikroORM.init(
    defineConfig({
      ...ormOptions(schema, options),
      dbName: file,
      driverOptions: { timeout: busyTimeoutMs, fileMustExist: options.mustExist ?? false },
    }),
  );
  const connection = orm.em.getConnection();
  adaptConnection(connection, {
    parameters: SQLITE_PARAMETERS,
    onFailure: options.onFailure,
    onOpen: () => cacheStatements((connection as unknown as { database: SqliteDatabase }).database),
  });
  // NORMAL: WalSync brings a commit to the disk, before it is answered.
  const sizes = [
    `journal_size_limit = ${MAX_IDLE_LOG_BYTES}`,
    `cache_size = -${cacheMib * 1_024}`,
    `mmap_size = ${mmapMib * 1_048_576}`,
  ];
  for (const pragma of ['journal_mode = wal', 'synchronous = normal', ...sizes]) {
    await withRetry(async () => {
      // Who waited for a restore has the file of before, and must not make a log for it where the new one's belongs.
      assertInPlace();
      await orm.em.fork().execute(`pragma ${pragma}`);
    });
  }
  assertInPlace();
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
