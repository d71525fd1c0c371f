import type { Redis } from 'ioredis';

/** How often a master that failed is looked at again; until it is well, its vote is against at once. */
const PROBE_INTERVAL_MS = 1_000;

export interface LockMasterOptions {
  readonly prefix: string;
  readonly onChange?: (master: string, up: boolean) => void;
  readonly onDown?: (error: Error) => void;
}

/**
 * One of the masters that vote on a lock, as redlock asks it: for the result of a script. It knows whether the master
 * answers, which redlock itself says only when the last vote is in. Nobody waits for one that is known to hang: two who
 * have one vote each of the other two masters would keep both until it answers.
 */
export class LockMaster {
  readonly #client: Redis;
  readonly #options: LockMasterOptions;
  readonly #name: string;
  #up = true;
  #probeAt = 0;
  #closed = false;

  constructor(client: Redis, options: LockMasterOptions) {
    this.#client = client;
    this.#options = options;
    this.#name = nameOf(client);
    options.onChange?.(this.#name, true);
    client.on('error', (error) => this.#isDown(error));
    client.on('close', () => this.#isDown(new Error('the connection was closed')));
    client.on('ready', () => this.#isUp());
  }

  get up(): boolean {
    return this.#up;
  }

  /** Rejects while it is down. Asks again when it may be well. */
  async assertUp(): Promise<void> {
    if (!this.#up) await this.#probe();
    if (!this.#up) throw new Error(`${this.#name} gives no locks`);
  }

  evalsha(...args: Parameters<Redis['evalsha']>): Promise<unknown> {
    return this.#ask(() => this.#client.evalsha(...args));
  }

  eval(...args: Parameters<Redis['eval']>): Promise<unknown> {
    return this.#ask(() => this.#client.eval(...args));
  }

  disconnect(): void {
    this.#closed = true;
    this.#client.disconnect();
  }

  async #ask(run: () => Promise<unknown>): Promise<unknown> {
    if (!this.#up) {
      void this.#probe();
      throw new Error('it did not answer when it was asked last');
    }
    try {
      return await run();
    } catch (error) {
      // It answers, and wants the text of the script.
      if (!(error as Error).message.startsWith('NOSCRIPT')) this.#isDown(error as Error);
      throw error;
    }
  }

  async #probe(): Promise<void> {
    if (performance.now() < this.#probeAt) return;
    this.#probeAt = performance.now() + PROBE_INTERVAL_MS;
    // A write, as a lock is: one that is full, or a replica by now, answers to less.
    const write = this.#client.set(`${this.#options.prefix}:lock:probe`, '', 'PX', 1);
    await write.then(
      () => this.#isUp(),
      () => undefined,
    );
  }

  #isUp(): void {
    if (this.#up) return;
    this.#up = true;
    this.#options.onChange?.(this.#name, true);
  }

  #isDown(error: Error): void {
    if (!this.#up || this.#closed) return;
    this.#up = false;
    this.#probeAt = performance.now() + PROBE_INTERVAL_MS;
    this.#options.onChange?.(this.#name, false);
    this.#options.onDown?.(error);
  }
}

/** Where a master is, without its password. */
export function nameOf({ options: { host, port } }: Redis): string {
  return `${host}:${port}`;
}
