import { statSync } from 'node:fs';
import { namingSource } from '../naming-source.ts';

/**
 * SQLite goes on writing to a file that was removed or replaced, and what it commits there is lost to everybody else. In
 * WAL mode it does not look for that by itself. https://www.sqlite.org/rescode.html#readonly_dbmoved
 * @returns throws, with that code, when `file` is no longer the one that it is now; one that is missing now may be made once
 */
export function stillInPlace(file: string): () => void {
  let opened = identityOf(file);
  return () => {
    const found = identityOf(file);
    opened ??= found;
    if (found === opened) return;
    throw Object.assign(new Error(`${file} was moved, removed or replaced; put it back, or restart`), {
      code: 'SQLITE_READONLY_DBMOVED',
    });
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
