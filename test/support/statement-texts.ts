import type { Database } from '../../src/platform/database.ts';

interface SqliteDatabase {
  prepare(text: string): unknown;
}
interface PostgresClient {
  query(...args: unknown[]): unknown;
}
interface PostgresPool {
  on(event: 'acquire', listener: (client: PostgresClient) => void): void;
}

/** Collects the text of every statement that the driver is given from now on. */
export async function sentStatements(db: Database): Promise<ReadonlySet<string>> {
  const texts = new Set<string>();
  const driver: unknown = await db.orm.em.getConnection().getNativeClient();
  if (db.kind === 'sqlite') noteOfSqlite(driver as SqliteDatabase, texts);
  else noteOfPostgresql(driver as PostgresPool, texts);
  return texts;
}

function noteOfSqlite(database: SqliteDatabase, texts: Set<string>): void {
  const prepare = database.prepare.bind(database);
  database.prepare = (text) => {
    texts.add(text);
    return prepare(text);
  };
}

function noteOfPostgresql(pool: PostgresPool, texts: Set<string>): void {
  const noted = new WeakSet<PostgresClient>();
  pool.on('acquire', (client) => {
    if (noted.has(client)) return;
    noted.add(client);
    const query = client.query.bind(client);
    client.query = (...args) => {
      const [statement] = args as [string | { readonly text: string }];
      texts.add(typeof statement === 'string' ? statement : statement.text);
      return query(...args);
    };
  });
}
