import type { Redis } from 'ioredis';
import type { RedisConfig } from '../../config.ts';
import { Dependency } from '../dependency.ts';
import type { JobKind, QueueLimits } from '../job-queue.ts';
import type { Logger } from '../logger.ts';
import type { Metrics } from '../metrics.ts';
import { RepeatedTrouble } from '../repeated-trouble.ts';
import type { Services } from '../services.ts';
import { BullmqJobQueue } from './bullmq-job-queue.ts';
import { answersPing, readyOrLater, redisConnector } from './connections.ts';
import type { LockMaster } from './lock-master.ts';
import { openEventLock } from './open-event-lock.ts';
import { createRedisLimiter } from './redis-limiter.ts';
import { RedisPubSub } from './redis-pubsub.ts';

/** Waits for Redis only shortly: the box office starts, and sells, without it. */
export async function redisServices<Job>(
  config: RedisConfig,
  jobs: JobKind<Job>,
  limits: QueueLimits,
  log: Logger,
  metrics: Metrics,
): Promise<Services<Job>> {
  const { url, lockUrls, prefix } = config;
  const { connect, connectVoter } = redisConnector(config, log);
  const connections: Redis[] = [];
  const votesItself = lockUrls.every((one) => one === url);
  const ready = () => answersPing(publisher);
  const redis = new Dependency<'bookingsWithoutJob' | 'groupsWithoutLock'>({
    name: 'redis',
    log,
    level: 'warn',
    meanwhile: 'going on without it',
    variable: 'REDIS_URL',
    costs: votesItself ? ['bookingsWithoutJob', 'groupsWithoutLock'] : ['bookingsWithoutJob'],
    probe: () => assertWell(connections, ready, votesItself ? masters : []),
  });
  const open = (policy: 'fail-fast' | 'patient') => {
    const opened = connect(url, policy, (error) => redis.failed(error));
    connections.push(opened);
    return opened;
  };
  const publisher = open('fail-fast');
  const subscriber = open('patient');
  const producer = open('fail-fast');
  const voters = lockUrls.map(connectVoter);
  const { lock, masters, dependencies } = openEventLock(voters, {
    prefix,
    log,
    metrics,
    redis: votesItself ? redis : null,
  });
  await readyOrLater([publisher, subscriber, producer, ...voters]);

  return {
    lock,
    queue: new BullmqJobQueue({
      producer,
      connectWorker: () => open('patient'),
      prefix,
      jobs,
      limits,
      log,
      trouble: new RepeatedTrouble(log),
      onUnsent(error, unsent) {
        redis.failed(error);
        redis.cost('bookingsWithoutJob', unsent);
      },
    }),
    pubsub: new RedisPubSub(publisher, subscriber, prefix),
    createLimiter: createRedisLimiter(publisher, prefix),
    ready,
    dependencies: [redis, ...dependencies],
  };
}

/** Rejects while there is a connection that is not ready, or no answer, or no vote. */
async function assertWell(
  connections: readonly Redis[],
  answers: () => Promise<boolean>,
  masters: readonly LockMaster[],
): Promise<void> {
  const connected = connections.every(({ status }) => status === 'ready');
  if (!connected || !(await answers())) throw new Error('redis does not answer');
  await Promise.all(masters.map((master) => master.assertUp()));
}
