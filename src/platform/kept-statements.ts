import type { AbstractSqlConnection, Dictionary } from '@mikro-orm/sql';
import type { Dialect } from 'kysely';

const MAX_STATEMENTS = 200;

interface Statement {
  /** Its rows are being read, one by one. */
  readonly busy: boolean;
}

interface SqliteDatabase {
  prepare(sql: string): Statement;
}

/**
 * Kysely has better-sqlite3 compile each statement each time. Here one that has been compiled is kept, so texts that do
 * not change are compiled once. To be called before the first query.
 */
export function keepStatements(connection: AbstractSqlConnection): void {
  const createDialect = connection.createKyselyDialect.bind(connection) as (options: Dictionary) => Dialect;
  connection.createKyselyDialect = (options) => {
    const dialect = createDialect(options);
    const { database } = connection as unknown as { database: SqliteDatabase };
    const compile = database.prepare.bind(database);
    const kept = new Map<string, Statement>();
    database.prepare = (sql) => {
      const known = kept.get(sql);
      const statement = known && !known.busy ? known : compile(sql);
      kept.delete(sql);
      kept.set(sql, statement);
      const [unusedLongest] = kept.keys();
      if (kept.size > MAX_STATEMENTS) kept.delete(unusedLongest as string);
      return statement;
    };
    return dialect;
  };
}
