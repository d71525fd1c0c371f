import type { DatabaseKind } from '../../test/support/databases.ts';
import {
  connectPostgres,
  createPostgres,
  createSqlite,
  type OwnDatabase,
  queryDatabase,
} from '../../test/support/query-database.ts';
import type { Services } from './services.ts';

/** Looked at past the processes under load. */
export interface Database extends OwnDatabase {
  query<Row extends object>(sql: string): Promise<Row[]>;
}

export async function createDatabase(kind: DatabaseKind, services: Services): Promise<Database> {
  if (kind === 'sqlite') {
    const { url, remove } = await createSqlite();
    return { url, query: (sql) => queryDatabase(url, sql), remove };
  }
  const { url, remove } = await createPostgres((await services.postgres()).url, 'bench');
  // Kept, so that looking often costs little.
  const orm = connectPostgres(url);
  return {
    url,
    query: <Row extends object>(sql: string) => orm.em.getConnection().execute<Row[]>(sql),
    remove: async () => {
      await orm.close(true);
      await remove();
    },
  };
}
