import { setTimeout as delay } from 'node:timers/promises';
import type { Storage } from '../storage.ts';
import { hasCode } from '../transient-errors.ts';
import { SqliteFiles } from './sqlite-files.ts';
import { type SyncFile, WalSync } from './wal-sync.ts';

const CHECK_INTERVAL_MS = 1_000;
const RESCUE_RETRY_MS = 100;
const RESCUE_WARN_AFTER_MS = 1_000;
const FAILED_SYNC = /^SQLITE_IOERR_(DIR_)?FSYNC$/;

export interface SqliteStorageParts {
  readonly file: string;
  readonly syncFile?: SyncFile | undefined;
  /** Brings the open log into the database and empties it. Rejects when that is not possible, also while somebody reads there. */
  readonly checkpoint: () => Promise<void>;
  readonly onWarning: (message: string) => void;
  /** The process must end. Called once, when that can lose nothing any more. */
  readonly onFatal: (error: Error) => void;
  readonly onClose: () => void;
}

/**
 * Three things end a process that has SQLite: a sync that failed, after which nobody knows what the disk has; a log that
 * was removed, with which everything since the last checkpoint would go; and a lost index of the log, without which
 * processes do not see each other. From then on nothing begins, nothing is committed, and nothing is read that an answer
 * could rest on.
 * docs/decisions/0003-on-disk-before-the-answer.md
 */
export class SqliteStorage implements Storage {
  readonly #parts: SqliteStorageParts;
  readonly #files: SqliteFiles;
  readonly #wal: WalSync;
  readonly #timer: NodeJS.Timeout;
  #broken: Error | null = null;
  #rescued: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(parts: SqliteStorageParts) {
    this.#parts = parts;
    this.#files = new SqliteFiles(parts.file);
    this.#wal = new WalSync(parts.file, parts.syncFile);
    this.#timer = setInterval(() => this.#look(), CHECK_INTERVAL_MS).unref();
  }

  assertUsable(): void {
    if (this.#broken) throw this.#broken;
  }

  assertInPlace(): void {
    this.assertUsable();
    const error = this.#look();
    if (error) throw error;
  }

  async durable(): Promise<void> {
    this.assertUsable();
    await this.#wal.sync().catch((error: Error) => this.#end(error));
    this.#look();
    this.assertUsable();
  }

  async failed(error: unknown): Promise<void> {
    if (hasCode(error, FAILED_SYNC)) this.#end(error as Error);
    // By the time somebody hears an error, what others were told before is safe.
    await Promise.race([this.#rescued, delay(RESCUE_WARN_AFTER_MS, undefined, { ref: false })]);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#parts.onClose();
    clearInterval(this.#timer);
    await this.#wal.close();
  }

  #look(): Error | null {
    const fault = this.#files.fault();
    if (fault?.of === 'log') this.#end(fault.error, () => this.#rescueLog(fault.error));
    if (fault?.of === 'index') this.#end(fault.error);
    return fault?.error ?? null;
  }

  #end(error: Error, rescue = () => Promise.resolve()): void {
    if (this.#broken) return;
    this.#broken = error;
    this.#rescued = rescue();
    void this.#rescued.then(() => this.#parts.onFatal(error));
  }

  /** A removed log lives on in our open file until we end: what it holds goes into the database before that. */
  async #rescueLog({ message }: Error): Promise<void> {
    const warnAt = performance.now() + RESCUE_WARN_AFTER_MS;
    // Whoever began without it would write over pages that change under him: that would damage the database.
    for (let warned = false; !this.#closed && !this.#files.othersBegan(); ) {
      try {
        return await this.#parts.checkpoint();
      } catch (error) {
        if (!warned && performance.now() > warnAt) {
          warned = true;
          this.#parts.onWarning(`${message}: do not end this process yet, it alone has that log (${error})`);
        }
      }
      await delay(RESCUE_RETRY_MS, undefined, { ref: false });
    }
  }
}
