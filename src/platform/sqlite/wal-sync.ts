import { type FileHandle, open } from 'node:fs/promises';

export type SyncFile = (file: FileHandle) => Promise<void>;

const fdatasync: SyncFile = (file) => file.datasync();

/**
 * Brings SQLite's write-ahead log to the disk in a thread of its own: SQLite would stop the event loop for it. Whoever
 * comes while one sync runs waits for the next, which all of them share.
 * After a failure nobody knows what the disk has, so every later sync fails as well, until a restart.
 * docs/decisions/0003-on-disk-before-the-answer.md
 */
export class WalSync {
  readonly #file: string;
  readonly #syncFile: SyncFile;
  #handle: Promise<FileHandle> | undefined;
  #last: Promise<void> = Promise.resolve();
  #next: Promise<void> | null = null;

  constructor(databaseFile: string, syncFile: SyncFile = fdatasync) {
    this.#file = `${databaseFile}-wal`;
    this.#syncFile = syncFile;
  }

  /** Resolves when everything that was committed before, by any process, is on the disk. */
  sync(): Promise<void> {
    this.#next ??= this.#last.then(() => this.#begin());
    return this.#next;
  }

  async close(): Promise<void> {
    await this.#last.catch(() => undefined);
    await (await this.#handle?.catch(() => undefined))?.close();
  }

  #begin(): Promise<void> {
    this.#next = null;
    this.#last = this.#run();
    return this.#last;
  }

  async #run(): Promise<void> {
    try {
      this.#handle ??= open(this.#file, 'r+');
      await this.#syncFile(await this.#handle);
    } catch (error) {
      const { message } = error as Error;
      throw Object.assign(
        new Error(`${this.#file} cannot be brought to the disk, restart: ${message}`, { cause: error }),
        {
          code: 'SQLITE_IOERR_FSYNC',
        },
      );
    }
  }
}
