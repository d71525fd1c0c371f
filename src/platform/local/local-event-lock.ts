import { Mutex } from 'async-mutex';
import type { EventLock } from '../event-lock.ts';

/**
 * One mutex per event, for a single process. A desk serves one group of an event at a time, so it never waits here; the lock
 * keeps its promise for whoever else asks. A mutex that nobody holds or wants leaves no memory behind.
 */
export class LocalEventLock implements EventLock {
  readonly #mutexes = new Map<number, { mutex: Mutex; users: number }>();

  async withLock<T>(eventId: number, work: () => Promise<T>): Promise<T> {
    const entry = this.#mutexes.get(eventId) ?? { mutex: new Mutex(), users: 0 };
    this.#mutexes.set(eventId, entry);
    entry.users++;
    try {
      return await entry.mutex.runExclusive(work);
    } finally {
      entry.users--;
      if (entry.users === 0) this.#mutexes.delete(eventId);
    }
  }

  async close(): Promise<void> {}
}
