import { setTimeout as delay } from 'node:timers/promises';
import type { DatabaseConfig } from '../config.ts';

const MIGRATOR_POLL_MS = 200;
const WRITER_POLL_MS = 50;
/** Each try for a table makes whoever sells wait behind us, so there are few of them, and an end. */
const TABLE_RETRY_MS = 2_000;
const TABLE_PATIENCE_MS = 600_000;

/** The waits of one migrator for others. It says once for whom it waits. */
export class MigrationWaits {
  readonly #kind: DatabaseConfig['kind'];
  readonly #say: (line: string) => void;
  readonly #said = new Set<string>();
  #tableIsHeldSince: number | null = null;

  constructor(kind: DatabaseConfig['kind'], say: (line: string) => void = () => undefined) {
    this.#kind = kind;
    this.#say = say;
  }

  async forMigrator(): Promise<void> {
    await this.#wait('another process migrates the database, or builds an index of it: waiting', MIGRATOR_POLL_MS);
  }

  /** @throws the error when that goes on for too long */
  async afterBusy(error: unknown): Promise<void> {
    if (this.#kind === 'sqlite') {
      return this.#wait('another process writes to the database, or migrates it: waiting', WRITER_POLL_MS);
    }
    this.#tableIsHeldSince ??= performance.now();
    if (performance.now() - this.#tableIsHeldSince > TABLE_PATIENCE_MS) throw error;
    await this.#wait('a transaction holds a table that is to be migrated: trying again and again', TABLE_RETRY_MS);
  }

  async #wait(line: string, pauseMs: number): Promise<void> {
    if (!this.#said.has(line)) this.#say(line);
    this.#said.add(line);
    await delay(pauseMs * (0.5 + Math.random()));
  }
}
