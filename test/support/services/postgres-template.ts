import { randomBytes } from 'node:crypto';
import { migrateUrl } from '../migrate-url.ts';
import { queryPostgres } from '../query-postgres.ts';

export const clonePrefix = (template: string): string => template.replace('template', 'test');

export function urlOfDatabase(serverUrl: string, database: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${database}`;
  return url.href;
}

/** Makes the migrated database of this test run that test files clone, and answers its name. */
export async function createTemplate(serverUrl: string): Promise<string> {
  const template = `boxoffice_template_${randomBytes(4).toString('hex')}`;
  await queryPostgres(serverUrl, `create database ${template}`);
  try {
    await migrateUrl(urlOfDatabase(serverUrl, template));
    // A database with a connection cannot be cloned: from here on nobody can open one.
    await queryPostgres(serverUrl, `alter database ${template} with allow_connections false`);
  } catch (error) {
    await dropTemplate(serverUrl, template);
    throw error;
  }
  return template;
}

/** Drops the template, and the clones that test files left behind. */
export async function dropTemplate(serverUrl: string, template: string): Promise<void> {
  const databases = await queryPostgres<{ datname: string }>(
    serverUrl,
    `select datname from pg_database where datname = '${template}' or starts_with(datname, '${clonePrefix(template)}')`,
  );
  for (const { datname } of databases)
    await queryPostgres(serverUrl, `drop database if exists ${datname} with (force)`);
}
