import { setTimeout as delay } from 'node:timers/promises';
import Redlock, { ExecutionError, type Lock } from 'redlock';
import type { Logger } from '../logger.ts';
import type { EventLock } from '../services.ts';
import type { LockMaster } from './lock-master.ts';

/** Longer than a group takes, short enough that a dead holder is forgotten soon. */
const LEASE_MS = 3_000;
const MAX_WAIT_MS = 500;
const POLL_MS = 4;

export interface RedisEventLockOptions {
  readonly prefix: string;
  readonly log: Logger;
  /** Told how long a group has waited that has the lock now. */
  readonly onLocked?: (seconds: number) => void;
  /** Told of a lock that was not ours any more, or whose masters did not answer, when it was to be given back. */
  readonly onLost?: () => void;
  /** Called for each group that went on without the lock. */
  readonly onUnlocked?: (reason: 'contended' | 'unreachable', error?: unknown) => void;
}

/** Redlock over one or more independent masters. https://redis.io/docs/latest/develop/clients/patterns/distributed-locks/ */
export class RedisEventLock implements EventLock {
  readonly #redlock: Redlock;
  readonly #masters: readonly LockMaster[];
  readonly #options: RedisEventLockOptions;

  constructor(masters: readonly LockMaster[], options: RedisEventLockOptions) {
    this.#masters = masters;
    this.#options = options;
    // Its own retries would go on against masters that are away as well, and wait as long.
    this.#redlock = new Redlock(masters, { retryCount: 0 });
  }

  async withLock<T>(eventId: number, work: () => Promise<T>): Promise<T> {
    const lock = await this.#acquire(eventId);
    try {
      return await work();
    } finally {
      // Best effort: a lock that could not be released expires. It must not turn a committed group into an error.
      await lock?.release().catch((error: unknown) => {
        this.#options.onLost?.();
        this.#options.log.debug({ err: error, eventId }, 'lock release');
      });
    }
  }

  async close(): Promise<void> {
    for (const master of this.#masters) master.disconnect();
  }

  async #acquire(eventId: number): Promise<Lock | null> {
    const askedAt = performance.now();
    const giveUpAt = askedAt + MAX_WAIT_MS;
    do {
      try {
        const lock = await this.#redlock.acquire([`${this.#options.prefix}:lock:event:${eventId}`], LEASE_MS);
        this.#options.onLocked?.((performance.now() - askedAt) / 1_000);
        return lock;
      } catch (error) {
        if (!(error instanceof ExecutionError && this.quorumIsUp)) return this.#goWithout('unreachable', error);
      }
      await delay(Math.random() * 2 * POLL_MS);
    } while (performance.now() < giveUpAt);
    return this.#goWithout('contended');
  }

  /** redlock throws one error for "held" and for "too few masters answer". While a quorum answers, somebody holds it. */
  get quorumIsUp(): boolean {
    return this.#masters.filter(({ up }) => up).length > this.#masters.length / 2;
  }

  #goWithout(...why: Parameters<NonNullable<RedisEventLockOptions['onUnlocked']>>): null {
    this.#options.onUnlocked?.(...why);
    return null;
  }
}
