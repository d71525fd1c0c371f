import type { Redis } from 'ioredis';
import { RateLimiterMemory, RateLimiterRedis } from 'rate-limiter-flexible';
import type { CreateLimiter } from '../services.ts';

/** One count for all processes. Without Redis each process counts by itself, which lets more through but never stops the sale. */
export function createRedisLimiter(redis: Redis, prefix: string): CreateLimiter {
  return (name, { points, seconds: duration }) => {
    const keyPrefix = `${prefix}:limit:${name}`;
    return new RateLimiterRedis({
      storeClient: redis,
      keyPrefix,
      points,
      duration,
      // A key that is over its limit is refused from memory until its window ends.
      inMemoryBlockOnConsumed: points + 1,
      rejectIfRedisNotReady: true,
      insuranceLimiter: new RateLimiterMemory({ keyPrefix, points, duration }),
    });
  };
}
