import type { Redis } from 'ioredis';
import { RateLimiterMemory, RateLimiterRedis } from 'rate-limiter-flexible';
import type { RedisConfig } from '../../config.ts';
import { Dependency } from '../dependency.ts';
import type { Logger } from '../logger.ts';
import type { Metrics } from '../metrics.ts';
import { RepeatedTrouble } from '../repeated-trouble.ts';
import type { CreateLimiter, JobKind, QueueLimits, Services } from '../services.ts';
import type { Tracing } from '../tracing.ts';
import { BullmqJobQueue } from './bullmq-job-queue.ts';
import { answersPing, readyOrLater, redisConnector } from './connections.ts';
import type { LockMaster } from './lock-master.ts';
import { openEventLock } from './open-event-lock.ts';
import { RedisPubSub } from './redis-pubsub.ts';

interface Parts<Job> {
  readonly jobs: JobKind<Job>;
  readonly limits: QueueLimits;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly tracing: Tracing;
}

/** Waits for Redis only shortly: the box office starts, and sells, without it. */
export async function redisServices<Job>(config: RedisConfig, parts: Parts<Job>): Promise<Services<Job>> {
  const { url, lockUrls, prefix } = config;
  const { log, metrics } = parts;
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
  const [publisher, subscriber, producer] = [open('fail-fast'), open('patient'), open('fail-fast')];
  const voters = lockUrls.map(connectVoter);
  const locking = { prefix, log, metrics, redis: votesItself ? redis : null };
  const { lock, masters, dependencies } = openEventLock(voters, locking);
  await readyOrLater([publisher, subscriber, producer, ...voters]);
  return {
    lock,
    queue: openQueue({ ...parts, prefix, producer, connectWorker: () => open('patient') }, redis),
    pubsub: new RedisPubSub(publisher, subscriber, prefix),
    createLimiter: createRedisLimiter(publisher, prefix),
    ready,
    dependencies: [redis, ...dependencies],
  };
}

function openQueue<Job>(
  parts: Omit<ConstructorParameters<typeof BullmqJobQueue<Job>>[0], 'trouble' | 'onUnsent'>,
  redis: Dependency<'bookingsWithoutJob' | 'groupsWithoutLock'>,
): BullmqJobQueue<Job> {
  return new BullmqJobQueue({
    ...parts,
    trouble: new RepeatedTrouble(parts.log),
    onUnsent(error, unsent) {
      redis.failed(error);
      redis.cost('bookingsWithoutJob', unsent);
    },
  });
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

/** One count for all processes. Without Redis each process counts by itself, which lets more through but never stops the sale. */
function createRedisLimiter(redis: Redis, prefix: string): CreateLimiter {
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
