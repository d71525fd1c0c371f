import { randomBytes } from 'node:crypto';
import { MikroORM } from '@mikro-orm/postgresql';
import Sqlite from 'better-sqlite3';

// Nothing of src/: the benchmark and the chaos run use this without the compiler.

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

export function urlOfDatabase(serverUrl: string, database: string): string {
  return Object.assign(new URL(serverUrl), { pathname: `/${database}` }).href;
}

export function sqliteFile(env: Readonly<Record<string, string>>): string {
  return (env['DATABASE_URL'] ?? '').slice('sqlite:'.length);
}

/**
 * What a statement answers, on a connection of its own. By the library of the box office: when another copy of SQLite in the
 * same process closes a file, the system forgets the locks of the first, and the log is removed below it.
 * https://www.sqlite.org/howtocorrupt.html#multiple_copies_of_sqlite_linked_into_the_same_application
 */
export function sqliteRows<Row extends object>(file: string, sql: string): Row[] {
  const database = new Sqlite(file);
  try {
    return database.prepare(sql).all() as Row[];
  } finally {
    database.close();
  }
}

export function tamperWith(file: string, sql: string): void {
  const database = new Sqlite(file);
  database.exec(sql);
  database.close();
}

export interface AppRole {
  /** The database, as this role. */
  readonly url: string;
  readonly name: string;
  /** To be called before the database is dropped. */
  drop(): Promise<void>;
}

/** A role that may read and write what is there, and owns nothing: what a careful operator gives to the box office. */
export async function createAppRole(databaseUrl: string): Promise<AppRole> {
  const name = `boxoffice_app_${randomBytes(4).toString('hex')}`;
  const password = randomBytes(8).toString('hex');
  for (const sql of [
    `create role ${name} login password '${password}'`,
    `grant select, insert, update, delete on all tables in schema public to ${name}`,
    `grant usage on all sequences in schema public to ${name}`,
  ]) {
    await queryPostgres(databaseUrl, sql);
  }
  return {
    name,
    url: Object.assign(new URL(databaseUrl), { username: name, password }).href,
    drop: async () => {
      await queryPostgres(databaseUrl, `drop owned by ${name}`);
      await queryPostgres(databaseUrl, `drop role ${name}`);
    },
  };
}
