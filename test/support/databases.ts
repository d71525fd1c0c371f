import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { readConfig } from '../../src/config.ts';
import { type MigrationWatch, migrateDatabase } from '../../src/migrations/migrate.ts';
import { eventually } from './eventually.ts';
import { queryPostgres, urlOfDatabase } from './query-database.ts';
import { temporaryFolder } from './services/reap-when-orphaned.ts';

export const DATABASE_KINDS = ['sqlite', 'postgresql'] as const;
export type DatabaseKind = (typeof DATABASE_KINDS)[number];

/** A database of the test's own. */
export interface TestDatabase {
  /** As in DATABASE_URL. */
  readonly url: string;
  /** Also while connections are open: they are cut. */
  remove(): Promise<void>;
}

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
export async function createEmptyDatabase(kind: DatabaseKind): Promise<TestDatabase> {
  if (kind === 'postgresql') return createOnSharedPostgres('boxoffice_test_empty');
  const folder = await temporaryFolder('sqlite');
  return { url: `sqlite:${join(folder.path, 'boxoffice.db')}`, remove: () => folder.remove() };
}

/** A migrated, empty database on the shared PostgreSQL: a clone of the template. */
export function createMigratedPostgres(): Promise<TestDatabase> {
  const template = fromGlobalSetup('TEST_POSTGRES_TEMPLATE');
  return createOnSharedPostgres(clonePrefix(template), `template ${template}`);
}

async function createOnSharedPostgres(prefix: string, options = ''): Promise<TestDatabase> {
  const server = testPostgresUrl();
  const name = `${prefix}_${randomBytes(4).toString('hex')}`;
  // PostgreSQL's own maintenance can be at work in a template; it leaves by itself.
  await eventually(() => queryPostgres(server, `create database ${name} ${options}`));
  return { url: urlOfDatabase(server, name), remove: () => dropDatabase(server, name) };
}

async function dropDatabase(serverUrl: string, name: string): Promise<void> {
  await queryPostgres(serverUrl, `drop database if exists ${name} with (force)`);
}

/** @param url as in DATABASE_URL */
export function migrateUrl(url: string, watch?: MigrationWatch): Promise<string[]> {
  return migrateDatabase(readConfig({ DATABASE_URL: url }).database, watch);
}

const clonePrefix = (template: string): string => template.replace('template', 'test');

/** Makes the migrated database of this test run that test files clone, and answers its name. */
export async function createTemplate(serverUrl: string): Promise<string> {
  const template = `boxoffice_template_${randomBytes(4).toString('hex')}`;
  await queryPostgres(serverUrl, `create database ${template}`);
  try {
    await migrateUrl(urlOfDatabase(serverUrl, template));
    // A database with a connection cannot be cloned: from here on nobody can open one.
    await queryPostgres(serverUrl, `alter database ${template} with allow_connections false`);
  } catch (error) {
    await dropDatabase(serverUrl, template);
    throw error;
  }
  return template;
}

/** Drops the template, and the clones that test files left behind. */
export async function dropTemplate(serverUrl: string, template: string): Promise<void> {
  const those = `datname = '${template}' or starts_with(datname, '${clonePrefix(template)}')`;
  const found = await queryPostgres<{ datname: string }>(serverUrl, `select datname from pg_database where ${those}`);
  for (const { datname } of found) await dropDatabase(serverUrl, datname);
}
