import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { Services } from '../services.ts';
import { LocalEventLock } from './local-event-lock.ts';
import { LocalJobQueue } from './local-job-queue.ts';
import { LocalPubSub } from './local-pubsub.ts';

export function localServices(): Services {
  return {
    lock: new LocalEventLock(),
    queue: new LocalJobQueue(),
    pubsub: new LocalPubSub(),
    createLimiter: (name, { points, seconds: duration }) =>
      new RateLimiterMemory({ keyPrefix: name, points, duration }),
    ready: async () => true,
  };
}
