import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { MikroORM } from '@mikro-orm/postgresql';
import { queryPostgres } from '../../test/support/query-database.ts';
import { temporaryFolder } from '../../test/support/services/reap-when-orphaned.ts';
import type { Services } from './services.ts';

export type DatabaseKind = 'sqlite' | 'postgresql';

/** A database of one's own, looked at past the processes under load. */
export interface Database {
  readonly kind: DatabaseKind;
  /** As in DATABASE_URL. */
  readonly url: string;
  query<Row extends object>(sql: string): Promise<Row[]>;
  remove(): Promise<void>;
}

export function createDatabase(kind: DatabaseKind, services: Services): Promise<Database> {
  return kind === 'sqlite' ? createSqlite() : createPostgresql(services);
}

async function createSqlite(): Promise<Database> {
  const folder = await temporaryFolder('bench');
  const file = join(folder.path, 'boxoffice.db');
  return {
    kind: 'sqlite',
    url: `sqlite:${file}`,
    query: async <Row>(sql: string) => {
      const database = new DatabaseSync(file, { timeout: 5_000 });
      try {
        return database.prepare(sql).all() as Row[];
      } finally {
        database.close();
      }
    },
    remove: () => folder.remove(),
  };
}

async function createPostgresql(services: Services): Promise<Database> {
  const server = await services.postgres();
  const name = `bench_${randomBytes(4).toString('hex')}`;
  await queryPostgres(server.url, `create database ${name}`);
  const url = new URL(`/${name}`, server.url).href;
  const orm = new MikroORM({
    clientUrl: url,
    entities: [],
    ensureDatabase: false,
    discovery: { warnWhenNoEntities: false },
    pool: { min: 0, max: 1 },
  });
  return {
    kind: 'postgresql',
    url,
    query: <Row extends object>(sql: string) => orm.em.getConnection().execute<Row[]>(sql),
    remove: async () => {
      await orm.close(true);
      await queryPostgres(server.url, `drop database if exists ${name} with (force)`);
    },
  };
}
