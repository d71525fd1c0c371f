import { statSync } from 'node:fs';
import { namingSource } from '../redact.ts';

interface FileFault {
  readonly error: Error;
  /** The database is well again when it is back. Its write-ahead log, and the index of that, are not. */
  readonly of: 'database' | 'log' | 'index';
}

/**
 * The files of an open SQLite database. SQLite goes on writing to one that was removed or replaced, and what it commits
 * there is lost to everybody else; in WAL mode it does not look for that by itself.
 * https://www.sqlite.org/howtocorrupt.html
 */
export class SqliteFiles {
  readonly #files: readonly OpenedFile[];
  readonly #log: OpenedFile;
  readonly #index: OpenedFile;

  /** To be made when all three are there: after the first statement in WAL mode. */
  constructor(file: string) {
    this.#log = new OpenedFile(`${file}-wal`, 'log');
    this.#index = new OpenedFile(`${file}-shm`, 'index');
    this.#files = [new OpenedFile(file, 'database'), this.#log, this.#index];
  }

  /** What is not where it was opened; null when all is well. */
  fault(): FileFault | null {
    const lost = this.#files.find((file) => !file.isInPlace());
    return lost ? { of: lost.is, error: moved(lost.path) } : null;
  }

  /** Whether somebody has opened the database since its log was lost, and knows nothing of what it held. */
  othersBegan(): boolean {
    return this.#log.sizeOfAnother() > 0 || this.#index.sizeOfAnother() > 0;
  }
}

class OpenedFile {
  readonly path: string;
  readonly is: FileFault['of'];
  readonly #identity: string | null;

  constructor(path: string, is: FileFault['of']) {
    this.path = path;
    this.is = is;
    this.#identity = identityOf(path);
  }

  isInPlace(): boolean {
    return identityOf(this.path) === this.#identity;
  }

  /** In bytes, of the one that is in its place now; 0 when there is none. */
  sizeOfAnother(): number {
    if (this.isInPlace()) return 0;
    return statSync(this.path, { throwIfNoEntry: false })?.size ?? 0;
  }
}

/** With SQLite's own code. https://www.sqlite.org/rescode.html#readonly_dbmoved */
function moved(path: string): Error {
  return Object.assign(new Error(`${path} was moved, removed or replaced; put it back, or restart`), {
    code: 'SQLITE_READONLY_DBMOVED',
  });
}

/** @returns throws when `file` is no longer the one that it is now; one that is missing now may be made once */
export function stillInPlace(file: string): () => void {
  let opened = identityOf(file);
  return () => {
    const found = identityOf(file);
    opened ??= found;
    if (found !== opened) throw moved(file);
  };
}

export function blame(file: string, error: unknown): never {
  throw namingSource(file, error);
}

/** Runs `work`, whose errors then name the file. */
export function blaming<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    return blame(file, error);
  }
}

function identityOf(file: string): string | null {
  const found = statSync(file, { throwIfNoEntry: false });
  return found ? `${found.dev} ${found.ino}` : null;
}
