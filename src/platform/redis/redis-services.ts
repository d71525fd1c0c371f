import type { RedisConfig } from '../../config.ts';
import type { QueueLimits } from '../job-queue.ts';
import type { Logger } from '../logger.ts';
import type { Metrics } from '../metrics.ts';
import type { Services } from '../services.ts';
import { BullmqJobQueue } from './bullmq-job-queue.ts';
import { answersPing, readyOrLater, redisConnector } from './connections.ts';
import { RedisEventLock } from './redis-event-lock.ts';
import { createRedisLimiter } from './redis-limiter.ts';
import { RedisPubSub } from './redis-pubsub.ts';

/** Waits for Redis only shortly: the box office starts, and sells, without it. */
export async function redisServices(
  config: RedisConfig,
  limits: QueueLimits,
  log: Logger,
  metrics: Metrics,
): Promise<Services> {
  const { url, lockUrls, prefix } = config;
  const connectRedis = redisConnector(config, log);
  const publisher = connectRedis(url, 'fail-fast', 'publisher');
  const subscriber = connectRedis(url, 'patient', 'subscriber');
  const producer = connectRedis(url, 'fail-fast', 'queue');
  const locks = lockUrls.map((lockUrl) => connectRedis(lockUrl, 'fail-fast', 'lock'));
  await readyOrLater([publisher, subscriber, producer, ...locks]);

  const connectWorker = () => connectRedis(url, 'patient', 'worker');
  const onUnlocked = (reason: string) => metrics.groupsWithoutLock.inc({ reason });
  return {
    lock: new RedisEventLock(locks, { prefix, log, onUnlocked }),
    queue: new BullmqJobQueue({ producer, connectWorker, prefix, limits, log }),
    pubsub: new RedisPubSub(publisher, subscriber, prefix),
    createLimiter: createRedisLimiter(publisher, prefix),
    ready: () => answersPing(publisher),
  };
}
