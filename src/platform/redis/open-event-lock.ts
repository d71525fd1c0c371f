import type { Redis } from 'ioredis';
import { Dependency } from '../dependency.ts';
import type { Logger } from '../logger.ts';
import type { Metrics } from '../metrics.ts';
import { LockMaster, nameOf } from './lock-master.ts';
import { RedisEventLock } from './redis-event-lock.ts';

export interface EventLockParts {
  readonly prefix: string;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Votes by itself, and its lines tell of that too; null: others vote. */
  readonly redis: Pick<Dependency<'groupsWithoutLock'>, 'failed' | 'cost'> | null;
}

export interface OpenedEventLock {
  readonly lock: RedisEventLock;
  readonly masters: readonly LockMaster[];
  readonly dependencies: readonly Pick<Dependency, 'close'>[];
}

/** The lock with its masters, each of which may be away without the others. */
export function openEventLock(
  voters: readonly Redis[],
  { prefix, log, metrics, redis }: EventLockParts,
): OpenedEventLock {
  const dependencies: Pick<Dependency, 'close'>[] = [];
  const watch = <Cost extends string>(
    name: string,
    meanwhile: string,
    costs: Cost[],
    probe: () => Promise<unknown>,
  ) => {
    const variable = 'REDIS_LOCK_URLS';
    const watched = new Dependency<Cost>({ name, log, level: 'warn', meanwhile, variable, costs, probe });
    dependencies.push(watched);
    return watched;
  };
  const masters = voters.map((client) => {
    const name = `lock master ${nameOf(client)}`;
    const own = redis ?? watch(name, 'going on without it', [], () => master.assertUp());
    const onChange = (at: string, up: boolean) => metrics.lockMasterUp.set({ master: at }, Number(up));
    const master = new LockMaster(client, { prefix, onChange, onDown: (error) => own.failed(error) });
    return master;
  });
  const quorum =
    redis ??
    watch('event lock', 'booking without it', ['groupsWithoutLock'], async () => {
      if (!lock.quorumIsUp) throw new Error('too few masters answer');
    });
  const lock: RedisEventLock = new RedisEventLock(masters, {
    prefix,
    log,
    onLocked: (seconds) => metrics.lockWaitSeconds.observe(seconds),
    onLost: () => metrics.locksLost.inc(),
    onUnlocked(reason, error) {
      metrics.groupsWithoutLock.inc({ reason });
      if (reason === 'contended') return;
      quorum.failed(error);
      quorum.cost('groupsWithoutLock');
    },
  });
  return { lock, masters, dependencies };
}
