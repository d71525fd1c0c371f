import { randomBytes } from 'node:crypto';
import { createMigratedPostgres, createMigratedSqlite, testRedisUrl } from './databases.ts';

/** The three ways to run that every integration test goes through. */
export const SETUPS = ['embedded', 'sqlite + redis', 'postgresql + redis'] as const;
export type Setup = (typeof SETUPS)[number];

export interface SetupEnvironment {
  /** What a `boxoffice` process needs to run in this setup; its database is migrated. */
  readonly env: Readonly<Record<string, string>>;
  /** Deletes the database and its files; everything that uses them must have ended. */
  remove(): Promise<void>;
}

/** A database of one's own, and names of one's own on the shared Redis. */
export async function createSetup(setup: Setup, options: { redisUrl?: string } = {}): Promise<SetupEnvironment> {
  const env: Record<string, string> = { HOST: '127.0.0.1', PORT: '0', LOG_LEVEL: 'warn', SHUTDOWN_DRAIN_MS: '0' };
  if (setup !== 'embedded') {
    env['REDIS_URL'] = options.redisUrl ?? testRedisUrl();
    env['REDIS_PREFIX'] = `test-${randomBytes(6).toString('hex')}`;
  }
  const database = await (setup === 'postgresql + redis' ? createMigratedPostgres() : createMigratedSqlite());
  return { env: { ...env, DATABASE_URL: database.url }, remove: database.remove };
}
