import { setTimeout as delay } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import Redlock, { ExecutionError, type Lock, ResourceLockedError } from 'redlock';
import type { EventLock } from '../event-lock.ts';
import type { Logger } from '../logger.ts';

/** Longer than a group takes, short enough that a dead holder is forgotten soon. */
const LEASE_MS = 3_000;
const MAX_WAIT_MS = 500;
const POLL_MS = 4;
/** After Redis was found out of reach, groups do not ask it again for this long. */
const SKIP_AFTER_FAILURE_MS = 1_000;

export interface RedisEventLockOptions {
  readonly prefix: string;
  readonly log: Logger;
  /** Called for each group that went on without the lock. */
  readonly onUnlocked?: (reason: 'contended' | 'unreachable') => void;
}

/** Redlock over one or more independent masters. https://redis.io/docs/latest/develop/clients/patterns/distributed-locks/ */
export class RedisEventLock implements EventLock {
  readonly #redlock: Redlock;
  readonly #clients: readonly Redis[];
  readonly #options: RedisEventLockOptions;
  #skipUntil = 0;
  #down = false;

  constructor(clients: readonly Redis[], options: RedisEventLockOptions) {
    this.#clients = clients;
    this.#options = options;
    this.#redlock = new Redlock(clients, { retryCount: 0 });
  }

  async withLock<T>(eventId: number, work: () => Promise<T>): Promise<T> {
    const lock = await this.#acquire(eventId);
    try {
      return await work();
    } finally {
      // Best effort: a lock that could not be released expires. It must not turn a committed group into an error.
      await lock?.release().catch((error: unknown) => this.#options.log.debug({ err: error, eventId }, 'lock release'));
    }
  }

  async close(): Promise<void> {
    for (const client of this.#clients) client.disconnect();
  }

  async #acquire(eventId: number): Promise<Lock | null> {
    if (performance.now() < this.#skipUntil) return this.#goWithout('unreachable');
    const giveUpAt = performance.now() + MAX_WAIT_MS;
    do {
      try {
        const lock = await this.#redlock.acquire([`${this.#options.prefix}:lock:event:${eventId}`], LEASE_MS);
        this.#down = false;
        return lock;
      } catch (error) {
        if (!(await isHeldByAnother(error))) {
          this.#skipUntil = performance.now() + SKIP_AFTER_FAILURE_MS;
          if (!this.#down) this.#options.log.warn('the event lock is out of reach, booking without it');
          this.#down = true;
          return this.#goWithout('unreachable');
        }
      }
      await delay(Math.random() * 2 * POLL_MS);
    } while (performance.now() < giveUpAt);
    return this.#goWithout('contended');
  }

  #goWithout(reason: 'contended' | 'unreachable'): null {
    this.#options.onUnlocked?.(reason);
    return null;
  }
}

/** redlock throws one error for "held" and for "Redis does not answer"; the votes tell them apart. */
async function isHeldByAnother(error: unknown): Promise<boolean> {
  if (!(error instanceof ExecutionError)) return false;
  const stats = await Promise.all(error.attempts);
  return stats.some(({ votesAgainst }) => [...votesAgainst.values()].every((e) => e instanceof ResourceLockedError));
}
