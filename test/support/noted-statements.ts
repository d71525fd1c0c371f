import type { Database } from '../../src/platform/database.ts';

export interface Statement {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}
type Note = (statement: Statement) => void;

interface SqliteStatement {
  readonly reader: boolean;
  all(parameters: readonly unknown[]): unknown;
  run(parameters: readonly unknown[]): unknown;
}
interface SqliteDatabase {
  prepare(sql: string): SqliteStatement;
}
interface PostgresClient {
  query(sql: string, parameters?: readonly unknown[]): unknown;
}
interface PostgresPool {
  on(event: 'acquire', listener: (client: PostgresClient) => void): void;
}

const notedBy = new WeakMap<object, Set<Note>>();

/** Tells of every statement that the driver is given from now on, word for word. @returns what ends that */
export async function noteStatements(db: Database, note: Note): Promise<() => void> {
  const driver = (await db.orm.em.getConnection().getNativeClient()) as object;
  const notes = notedBy.get(driver) ?? new Set();
  notes.add(note);
  if (!notedBy.has(driver)) {
    notedBy.set(driver, notes);
    const tell: Note = (statement) => {
      for (const one of notes) one(statement);
    };
    if (db.kind === 'sqlite') noteOfSqlite(driver as SqliteDatabase, tell);
    else noteOfPostgresql(driver as PostgresPool, tell);
  }
  return () => notes.delete(note);
}

function noteOfSqlite(database: SqliteDatabase, tell: Note): void {
  const prepare = database.prepare.bind(database);
  database.prepare = (sql) => {
    const statement = prepare(sql);
    return {
      reader: statement.reader,
      all(parameters) {
        tell({ sql, parameters });
        return statement.all(parameters);
      },
      run(parameters) {
        tell({ sql, parameters });
        return statement.run(parameters);
      },
    };
  };
}

function noteOfPostgresql(pool: PostgresPool, tell: Note): void {
  const noted = new WeakSet<PostgresClient>();
  pool.on('acquire', (client) => {
    if (noted.has(client)) return;
    noted.add(client);
    const query = client.query.bind(client);
    client.query = (sql, parameters = []) => {
      tell({ sql, parameters });
      return query(sql, parameters);
    };
  });
}
