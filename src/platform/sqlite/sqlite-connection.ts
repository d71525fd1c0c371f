import Sqlite from 'better-sqlite3';
import { blaming } from './sqlite-files.ts';

export type SqliteConnection = Sqlite;

export interface SqliteOptions {
  readonly readonly?: boolean;
  /** How long a statement waits for somebody else's lock, with the event loop stopped. */
  readonly busyTimeoutMs: number;
}

/** A bare connection to a file that exists, for maintenance. @throws an error that names the file */
export function connectSqlite(file: string, { readonly = false, busyTimeoutMs }: SqliteOptions): SqliteConnection {
  return blaming(file, () => new Sqlite(file, { fileMustExist: true, readonly, timeout: busyTimeoutMs }));
}
