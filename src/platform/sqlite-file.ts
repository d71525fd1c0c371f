import { statSync } from 'node:fs';

/**
 * SQLite goes on writing to a file that was removed or replaced, and what it commits there is lost to everybody else. In
 * WAL mode it does not look for that by itself. https://www.sqlite.org/rescode.html#readonly_dbmoved
 * @returns throws, with that code, when `file` is no longer the one that it is now
 */
export function stillInPlace(file: string): () => void {
  const opened = identityOf(file);
  return () => {
    if (identityOf(file) === opened) return;
    throw Object.assign(new Error(`${file} was moved, removed or replaced; put it back, or restart`), {
      code: 'SQLITE_READONLY_DBMOVED',
    });
  };
}

function identityOf(file: string): string {
  const found = statSync(file, { throwIfNoEntry: false });
  return `${found?.dev} ${found?.ino}`;
}
