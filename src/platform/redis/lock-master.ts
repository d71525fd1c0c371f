import type { Redis } from 'ioredis';
import type { Logger } from '../logger.ts';

/** How often a master that failed is looked at again; until it is well, its vote is against at once. */
const PROBE_INTERVAL_MS = 1_000;

export interface LockMasterOptions {
  readonly prefix: string;
  readonly log: Logger;
  readonly onChange?: (master: string, up: boolean) => void;
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
    this.#name = `${client.options.host}:${client.options.port}`;
    options.onChange?.(this.#name, true);
    client.on('error', (error) => this.#isDown(error.message || error.name));
    client.on('close', () => this.#isDown('the connection was closed'));
    client.on('ready', () => this.#isUp());
  }

  get up(): boolean {
    return this.#up;
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
      const { message } = error as Error;
      // It answers, and wants the text of the script.
      if (!message.startsWith('NOSCRIPT')) this.#isDown(message);
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
    this.#options.log.info({ role: 'lock', master: this.#name }, 'redis gives locks again');
  }

  #isDown(reason: string): void {
    if (!this.#up || this.#closed) return;
    this.#up = false;
    this.#probeAt = performance.now() + PROBE_INTERVAL_MS;
    this.#options.onChange?.(this.#name, false);
    this.#options.log.warn(
      { role: 'lock', variable: 'REDIS_LOCK_URLS or REDIS_URL', master: this.#name, reason },
      'redis gives no locks, going on without it',
    );
  }
}
