import { DatabaseSync } from 'node:sqlite';

export function sqliteFile(env: Readonly<Record<string, string>>): string {
  return (env['DATABASE_URL'] ?? '').slice('sqlite:'.length);
}

/** What a statement answers, on a connection of its own. */
export function sqliteRows<Row extends object>(file: string, sql: string): Row[] {
  const database = new DatabaseSync(file);
  try {
    return database.prepare(sql).all() as Row[];
  } finally {
    database.close();
  }
}

export function tamperWith(file: string, sql: string): void {
  const database = new DatabaseSync(file);
  database.exec(sql);
  database.close();
}
