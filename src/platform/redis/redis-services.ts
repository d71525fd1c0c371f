import type { RedisConfig } from '../../config.ts';
import type { QueueLimits } from '../job-queue.ts';
import type { Logger } from '../logger.ts';
import type { Metrics } from '../metrics.ts';
import type { Services } from '../services.ts';
import { BullmqJobQueue } from './bullmq-job-queue.ts';
import { answersPing, readyOrLater, redisConnector } from './connections.ts';
import { LockMaster } from './lock-master.ts';
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
  const { connect, connectVoter } = redisConnector(config, log);
  const publisher = connect(url, 'fail-fast', 'publisher');
  const subscriber = connect(url, 'patient', 'subscriber');
  const producer = connect(url, 'fail-fast', 'queue');
  const voters = lockUrls.map(connectVoter);
  const onChange = (master: string, up: boolean) => metrics.lockMasterUp.set({ master }, Number(up));
  const masters = voters.map((voter) => new LockMaster(voter, { prefix, log, onChange }));
  await readyOrLater([publisher, subscriber, producer, ...voters]);

  const connectWorker = () => connect(url, 'patient', 'worker');
  const onUnlocked = (reason: string) => metrics.groupsWithoutLock.inc({ reason });
  return {
    lock: new RedisEventLock(masters, { prefix, log, onUnlocked }),
    queue: new BullmqJobQueue({ producer, connectWorker, prefix, limits, log }),
    pubsub: new RedisPubSub(publisher, subscriber, prefix),
    createLimiter: createRedisLimiter(publisher, prefix),
    ready: () => answersPing(publisher),
  };
}
