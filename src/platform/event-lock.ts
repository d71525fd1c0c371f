/**
 * The queue at an event's door: it keeps processes from fighting over one row. It is no guard.
 * A holder can be stopped for longer than its lease, so the conditional UPDATE decides, with or without the lock.
 */
export interface EventLock {
  /**
   * Runs `work` when the lock of the event is free, after a bounded wait also when it is not, or when the lock
   * service is out of reach. What `work` returns or throws is the result; trouble with the lock never changes it.
   */
  withLock<T>(eventId: number, work: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}
