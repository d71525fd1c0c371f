import { copyFile } from 'node:fs/promises';
import { readConfig } from '../../src/config.ts';
import { type MigrationWatch, migrateDatabase } from '../../src/migrations/migrate.ts';
import {
  createPostgres,
  createSqlite,
  dropPostgres,
  type OwnDatabase,
  queryPostgres,
  sqliteFile,
} from './query-database.ts';

export const DATABASE_KINDS = ['sqlite', 'postgresql'] as const;
export type DatabaseKind = (typeof DATABASE_KINDS)[number];

export type TestDatabase = OwnDatabase;

/** The Redis that all test files share: use own key prefixes and channels, and never flush it. */
export const testRedisUrl = (): string => fromGlobalSetup('TEST_REDIS_URL');

/** The PostgreSQL server that all test files share. */
export const testPostgresUrl = (): string => fromGlobalSetup('TEST_POSTGRES_URL');

function fromGlobalSetup(name: string): string {
  const value = process.env[name];
  if (value) return value;
  throw new Error(`${name} is not set: this test needs real services, which TEST_SERVICES=none leaves out`);
}

/** A database without a table. */
export function createEmptyDatabase(kind: DatabaseKind): Promise<TestDatabase> {
  return kind === 'sqlite' ? createSqlite() : createPostgres(testPostgresUrl(), 'boxoffice_test_empty');
}

/** A migrated, empty database on the shared PostgreSQL: a clone of the template. */
export function createMigratedPostgres(): Promise<TestDatabase> {
  const template = fromGlobalSetup('TEST_POSTGRES_TEMPLATE');
  return createPostgres(testPostgresUrl(), clonePrefix(template), `template ${template}`);
}

/** @param url as in DATABASE_URL */
export function migrateUrl(url: string, watch?: MigrationWatch): Promise<string[]> {
  return migrateDatabase(readConfig({ DATABASE_URL: url }).database, watch);
}

/** A migrated, empty file: a copy of the template. */
export async function createMigratedSqlite(): Promise<TestDatabase> {
  const template = fromGlobalSetup('TEST_SQLITE_TEMPLATE');
  const database = await createSqlite();
  await copyFile(template, sqliteFile({ DATABASE_URL: database.url }));
  return database;
}

/** Makes the migrated file of this test run. Closing it leaves no log beside it. */
export async function createSqliteTemplate(): Promise<{ file: string; remove(): Promise<void> }> {
  const { url, remove } = await createSqlite();
  await migrateUrl(url);
  return { file: sqliteFile({ DATABASE_URL: url }), remove };
}

const clonePrefix = (template: string): string => template.replace('template', 'test');

/** Makes the migrated database of this test run that test files clone, and answers its name. */
export async function createTemplate(serverUrl: string): Promise<string> {
  const { url, remove } = await createPostgres(serverUrl, 'boxoffice_template');
  const template = new URL(url).pathname.slice(1);
  try {
    await migrateUrl(url);
    // A database with a connection cannot be cloned: from here on nobody can open one.
    await queryPostgres(serverUrl, `alter database ${template} with allow_connections false`);
  } catch (error) {
    await remove();
    throw error;
  }
  return template;
}

/** Drops the template, and the clones that test files left behind. */
export async function dropTemplate(serverUrl: string, template: string): Promise<void> {
  const those = `datname = '${template}' or starts_with(datname, '${clonePrefix(template)}')`;
  const found = await queryPostgres<{ datname: string }>(serverUrl, `select datname from pg_database where ${those}`);
  for (const { datname } of found) await dropPostgres(serverUrl, datname);
}
