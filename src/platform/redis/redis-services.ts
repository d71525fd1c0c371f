import type { RedisConfig } from '../../config.ts';
import type { RetryPolicy } from '../job-queue.ts';
import type { Logger } from '../logger.ts';
import type { Metrics } from '../metrics.ts';
import type { Services } from '../services.ts';
import { BullmqJobQueue } from './bullmq-job-queue.ts';
import { answersPing, connectRedis } from './connections.ts';
import { RedisEventLock } from './redis-event-lock.ts';
import { RedisPubSub } from './redis-pubsub.ts';

/** Opens the connections without waiting for them: the box office starts, and sells, without Redis. */
export function redisServices(config: RedisConfig, retry: RetryPolicy, log: Logger, metrics: Metrics): Services {
  const { url, lockUrls, prefix } = config;
  const publisher = connectRedis(url, 'fail-fast', 'publisher', log);
  return {
    lock: new RedisEventLock(
      lockUrls.map((lockUrl) => connectRedis(lockUrl, 'fail-fast', 'lock', log)),
      { prefix, log, onUnlocked: (reason) => metrics.groupsWithoutLock.inc({ reason }) },
    ),
    queue: new BullmqJobQueue({
      producer: connectRedis(url, 'fail-fast', 'queue', log),
      connectWorker: () => connectRedis(url, 'patient', 'worker', log),
      prefix,
      retry,
      log,
    }),
    pubsub: new RedisPubSub(publisher, connectRedis(url, 'patient', 'subscriber', log), prefix),
    ready: () => answersPing(publisher),
  };
}
