import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { QueueLimits } from '../job-queue.ts';
import type { Services } from '../services.ts';
import { LocalEventLock } from './local-event-lock.ts';
import { LocalJobQueue } from './local-job-queue.ts';
import { LocalPubSub } from './local-pubsub.ts';

export function localServices<Job>(limits: Pick<QueueLimits, 'closeTimeoutMs'>): Services<Job> {
  return {
    lock: new LocalEventLock(),
    queue: new LocalJobQueue<Job>(limits),
    pubsub: new LocalPubSub(),
    createLimiter: (name, { points, seconds: duration }) =>
      new RateLimiterMemory({ keyPrefix: name, points, duration }),
    ready: async () => true,
    dependencies: [],
  };
}
