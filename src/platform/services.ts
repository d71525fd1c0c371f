import type { EventLock } from './event-lock.ts';
import type { JobQueue } from './job-queue.ts';
import type { PubSub } from './pubsub.ts';

/** The three ports that have a local and a Redis adapter. */
export interface Services {
  readonly lock: EventLock;
  readonly queue: JobQueue;
  readonly pubsub: PubSub;
  /** Whether the services answer; always true without Redis. */
  readonly ready: () => Promise<boolean>;
}
