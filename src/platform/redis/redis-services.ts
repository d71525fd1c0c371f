import type { RedisConfig } from '../../config.ts';
import type { RetryPolicy } from '../job-queue.ts';
import type { Logger } from '../logger.ts';
import type { Metrics } from '../metrics.ts';
import type { Services } from '../services.ts';
import { BullmqJobQueue } from './bullmq-job-queue.ts';
import { answersPing, connectRedis, connectVoter, readyOrLater } from './connections.ts';
import { LockMaster } from './lock-master.ts';
import { RedisEventLock } from './redis-event-lock.ts';
import { createRedisLimiter } from './redis-limiter.ts';
import { RedisPubSub } from './redis-pubsub.ts';

/** Waits for Redis only shortly: the box office starts, and sells, without it. */
export async function redisServices(
  config: RedisConfig,
  retry: RetryPolicy,
  log: Logger,
  metrics: Metrics,
): Promise<Services> {
  const { url, lockUrls, prefix } = config;
  const publisher = connectRedis(url, 'fail-fast', 'publisher', log);
  const subscriber = connectRedis(url, 'patient', 'subscriber', log);
  const producer = connectRedis(url, 'fail-fast', 'queue', log);
  const voters = lockUrls.map(connectVoter);
  const onChange = (master: string, up: boolean) => metrics.lockMasterUp.set({ master }, Number(up));
  const masters = voters.map((voter) => new LockMaster(voter, { prefix, log, onChange }));
  await readyOrLater([publisher, subscriber, producer, ...voters]);

  const connectWorker = () => connectRedis(url, 'patient', 'worker', log);
  const onUnlocked = (reason: string) => metrics.groupsWithoutLock.inc({ reason });
  return {
    lock: new RedisEventLock(masters, { prefix, log, onUnlocked }),
    queue: new BullmqJobQueue({ producer, connectWorker, prefix, retry, log }),
    pubsub: new RedisPubSub(publisher, subscriber, prefix),
    createLimiter: createRedisLimiter(publisher, prefix),
    ready: () => answersPing(publisher),
  };
}
