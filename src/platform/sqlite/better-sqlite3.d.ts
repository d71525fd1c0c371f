// better-sqlite3 13 has no types of its own; this declares what we use of it.
declare module 'better-sqlite3' {
  export interface Statement {
    /** Whether it answers with rows; one that does not is `run`. */
    readonly reader: boolean;
    run(...params: readonly unknown[]): unknown;
    all(...params: readonly unknown[]): unknown[];
    get(...params: readonly unknown[]): unknown;
  }

  export interface BackupProgress {
    readonly totalPages: number;
    readonly remainingPages: number;
  }

  export default class Sqlite {
    constructor(file: string, options?: { fileMustExist?: boolean; readonly?: boolean; timeout?: number });
    readonly name: string;
    readonly inTransaction: boolean;
    exec(sql: string): this;
    prepare(sql: string): Statement;
    pragma(sql: string, options?: { simple?: boolean }): unknown;
    /** @param options.progress is told after each step, and says how many pages the next one takes */
    backup(file: string, options: { progress: (progress: BackupProgress) => number }): Promise<BackupProgress>;
    close(): this;
  }
}
