import { LRUCache } from 'lru-cache';

const MAX_STATEMENTS = 200;

interface Statement {
  /** Its rows are being read, one by one. */
  readonly busy: boolean;
}

export interface SqliteDatabase {
  prepare(sql: string): Statement;
}

/**
 * Kysely has better-sqlite3 compile each statement each time. Here one that has been compiled is kept, so texts that do
 * not change are compiled once.
 */
export function cacheStatements(database: SqliteDatabase): void {
  const compile = database.prepare.bind(database);
  const kept = new LRUCache<string, Statement>({ max: MAX_STATEMENTS });
  database.prepare = (sql) => {
    const known = kept.get(sql);
    const statement = known && !known.busy ? known : compile(sql);
    kept.set(sql, statement);
    return statement;
  };
}
