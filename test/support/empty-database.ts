import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { queryPostgres } from './query-postgres.ts';
import { urlOfDatabase } from './services/postgres-template.ts';
import { temporaryFolder } from './services/temporary-folder.ts';
import { testPostgresUrl } from './test-service-urls.ts';

export const DATABASE_KINDS = ['sqlite', 'postgresql'] as const;
export type DatabaseKind = (typeof DATABASE_KINDS)[number];

export interface EmptyDatabase {
  /** As in DATABASE_URL. */
  readonly url: string;
  remove(): Promise<void>;
}

/** A database without a table. */
export async function createEmptyDatabase(kind: DatabaseKind): Promise<EmptyDatabase> {
  if (kind === 'sqlite') {
    const folder = await temporaryFolder('sqlite');
    return { url: `sqlite:${join(folder.path, 'boxoffice.db')}`, remove: () => folder.remove() };
  }
  const name = `boxoffice_test_empty_${randomBytes(4).toString('hex')}`;
  await queryPostgres(testPostgresUrl(), `create database ${name}`);
  return {
    url: urlOfDatabase(testPostgresUrl(), name),
    remove: async () => void (await queryPostgres(testPostgresUrl(), `drop database if exists ${name} with (force)`)),
  };
}
