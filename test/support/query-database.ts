import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { MikroORM } from '@mikro-orm/postgresql';
import Sqlite from 'better-sqlite3';
import { eventually } from './eventually.ts';
import { temporaryFolder } from './services/reap-when-orphaned.ts';

// Nothing of src/: the benchmark and the chaos run use this without the compiler.

const connectTimeoutMs = 5_000;

/** Connects when it is first asked, and has one connection. */
export function connectPostgres(databaseUrl: string): MikroORM {
  return new MikroORM({
    clientUrl: databaseUrl,
    entities: [],
    ensureDatabase: false,
    discovery: { warnWhenNoEntities: false },
    pool: { min: 0, max: 1 },
    driverOptions: { connectionTimeoutMillis: connectTimeoutMs },
  });
}

/** One statement on a connection of its own, outside any transaction (`create database` wants that). */
export async function queryPostgres<Row extends object>(databaseUrl: string, sql: string): Promise<Row[]> {
  const orm = connectPostgres(databaseUrl);
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

/** On a connection of its own. */
export async function queryDatabase<Row extends object>(url: string, sql: string): Promise<Row[]> {
  return url.startsWith('sqlite:') ? sqliteRows(sqliteFile({ DATABASE_URL: url }), sql) : queryPostgres(url, sql);
}

/**
 * What a statement answers, nothing when it reads nothing, on a connection of its own. By the library of the box office: when another copy of SQLite in the
 * same process closes a file, the system forgets the locks of the first, and the log is removed below it.
 * https://www.sqlite.org/howtocorrupt.html#multiple_copies_of_sqlite_linked_into_the_same_application
 */
export function sqliteRows<Row extends object>(file: string, sql: string): Row[] {
  const database = new Sqlite(file);
  try {
    const statement = database.prepare(sql);
    if (statement.reader) return statement.all() as Row[];
    statement.run();
    return [];
  } finally {
    database.close();
  }
}

export function tamperWith(file: string, sql: string): void {
  const database = new Sqlite(file);
  database.exec(sql);
  database.close();
}

/** A database of one's own. */
export interface OwnDatabase {
  /** As in DATABASE_URL. */
  readonly url: string;
  /** Also while connections are open: they are cut. */
  remove(): Promise<void>;
}

/** The file is made by whoever opens it first. */
export async function createSqlite(): Promise<OwnDatabase> {
  const { path, remove } = await temporaryFolder('sqlite');
  return { url: `sqlite:${join(path, 'boxoffice.db')}`, remove };
}

/** @param options as in `create database` */
export async function createPostgres(serverUrl: string, prefix: string, options = ''): Promise<OwnDatabase> {
  const name = `${prefix}_${randomBytes(4).toString('hex')}`;
  // PostgreSQL's own maintenance can be at work in a template; it leaves by itself.
  await eventually(() => queryPostgres(serverUrl, `create database ${name} ${options}`));
  return { url: urlOfDatabase(serverUrl, name), remove: () => dropPostgres(serverUrl, name) };
}

export async function dropPostgres(serverUrl: string, name: string): Promise<void> {
  await queryPostgres(serverUrl, `drop database if exists ${name} with (force)`);
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
