import { randomBytes } from 'node:crypto';
import { eventually } from './eventually.ts';
import { queryPostgres } from './query-postgres.ts';
import { clonePrefix, urlOfDatabase } from './services/postgres-template.ts';
import { postgresTemplate, testPostgresUrl } from './test-service-urls.ts';

export interface PostgresDatabase {
  readonly url: string;
  /** Also while connections are open: they are cut. */
  drop(): Promise<void>;
}

/** A migrated, empty database of the test's own on the shared PostgreSQL: a clone of the template. */
export async function createDatabase(): Promise<PostgresDatabase> {
  const template = postgresTemplate();
  const name = `${clonePrefix(template)}_${randomBytes(4).toString('hex')}`;
  // PostgreSQL's own maintenance can be at work in the template; it leaves by itself.
  await eventually(() => queryPostgres(testPostgresUrl(), `create database ${name} template ${template}`), {
    timeoutMs: 20_000,
  });
  return {
    url: urlOfDatabase(testPostgresUrl(), name),
    drop: async () => {
      await queryPostgres(testPostgresUrl(), `drop database if exists ${name} with (force)`);
    },
  };
}
