import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { QueueLimits } from '../job-queue.ts';
import type { Services } from '../services.ts';
import { LocalJobQueue } from './local-job-queue.ts';
import { LocalPubSub } from './local-pubsub.ts';

export function localServices<Job>(limits: Pick<QueueLimits, 'closeTimeoutMs'>): Services<Job> {
  return {
    // A desk serves one group of an event at a time, and here there is no other process.
    lock: { withLock: (_eventId, work) => work(), close: async () => undefined },
    queue: new LocalJobQueue<Job>(limits),
    pubsub: new LocalPubSub(),
    createLimiter: (name, { points, seconds: duration }) =>
      new RateLimiterMemory({ keyPrefix: name, points, duration }),
    ready: async () => true,
    dependencies: [],
  };
}
