import { MikroORM } from '@mikro-orm/postgresql';

const connectTimeoutMs = 5_000;

/** One statement on a connection of its own, outside any transaction (`create database` wants that). */
export async function queryPostgres<Row extends object>(databaseUrl: string, sql: string): Promise<Row[]> {
  const orm = new MikroORM({
    clientUrl: databaseUrl,
    entities: [],
    ensureDatabase: false,
    discovery: { warnWhenNoEntities: false },
    pool: { min: 0, max: 1 },
    driverOptions: { connectionTimeoutMillis: connectTimeoutMs },
  });
  try {
    return await orm.em.getConnection().execute<Row[]>(sql);
  } finally {
    await orm.close(true);
  }
}
