import { statSync } from 'node:fs';

/**
 * The files of an open SQLite database. SQLite goes on writing to one that was removed or replaced, and what it commits
 * there is lost to everybody else; in WAL mode it does not look for that by itself.
 * https://www.sqlite.org/howtocorrupt.html
 */
export class SqliteFiles {
  readonly #file: string;
  readonly #log: string;
  readonly #opened: ReadonlyMap<string, string>;

  /** To be made when all three are there: after the first statement in WAL mode. */
  constructor(file: string) {
    this.#file = file;
    this.#log = `${file}-wal`;
    this.#opened = new Map([file, this.#log, `${file}-shm`].map((path) => [path, identityOf(path)]));
  }

  /** @throws SQLITE_READONLY_DBMOVED when one of them is not where it was opened */
  assertInPlace(): void {
    for (const [path, opened] of this.#opened) {
      if (identityOf(path) !== opened) throw moved(path);
    }
  }

  /**
   * The write-ahead log, or its index (`-shm`), when it was lost while the database itself stayed. What moves as a whole
   * can come back as a whole; these two cannot.
   */
  lostLog(): Error | null {
    const lost = [...this.#opened].filter(([path, opened]) => identityOf(path) !== opened).map(([path]) => path);
    return lost[0] && !lost.includes(this.#file) ? moved(lost[0]) : null;
  }

  /** Whether somebody has begun another log in the place of ours. */
  anotherLogBegun(): boolean {
    const { size = 0 } = statSync(this.#log, { throwIfNoEntry: false }) ?? {};
    return size > 0 && identityOf(this.#log) !== this.#opened.get(this.#log);
  }
}

function moved(path: string): Error {
  return Object.assign(new Error(`${path} was moved, removed or replaced; put it back, or restart`), {
    code: 'SQLITE_READONLY_DBMOVED',
  });
}

function identityOf(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false });
  return `${found?.dev} ${found?.ino}`;
}
