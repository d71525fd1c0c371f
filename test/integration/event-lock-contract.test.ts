import { afterEach, describe, expect, test } from '@jest/globals';
import { ADAPTERS, type OpenAdapters, openAdapters } from '../support/adapters.ts';
import { rush } from '../support/outcomes.ts';
import { type RedisServer, startRedisServer } from '../support/redis-server.ts';

const open: OpenAdapters[] = [];
const remember = (adapters: OpenAdapters) => {
  open.push(adapters);
  return adapters;
};
const closeAll = () => Promise.all(open.splice(0).map((adapters) => adapters.close()));
afterEach(closeAll);

/** Counts how many are at work at the same time. */
function crowd() {
  let present = 0;
  let most = 0;
  const visit = async () => {
    most = Math.max(most, ++present);
    for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate);
    present--;
  };
  return { visit, most: () => most };
}

describe.each(ADAPTERS)('the %s event lock', (adapter) => {
  /** Two processes where the adapter reaches over processes, else one. */
  const openTwo = async () => {
    const first = remember(await openAdapters(adapter));
    return adapter === 'local' ? [first, first] : [first, remember(await openAdapters(adapter, first))];
  };

  test('lets one in at a time; without it they overlap', async () => {
    const processes = await openTwo();
    const locked = crowd();
    await rush(6, (i) => (processes[i % 2] as OpenAdapters).lock.withLock(1, locked.visit));
    const control = crowd();
    await rush(6, control.visit);
    expect([locked.most(), control.most()]).toEqual([1, 6]);
  });

  test('does not make one event wait for another', async () => {
    const { lock } = remember(await openAdapters(adapter));
    const otherCame = Promise.withResolvers<void>();
    const waited = lock.withLock(1, () => otherCame.promise);
    await lock.withLock(2, async () => otherCame.resolve());
    await waited;
  });

  test('hands on what the work returns or throws', async () => {
    const { lock } = remember(await openAdapters(adapter));
    expect(await lock.withLock(1, async () => 'result')).toBe('result');
    const broken = new Error('broken work');
    await expect(lock.withLock(1, () => Promise.reject(broken))).rejects.toBe(broken);
    expect(await lock.withLock(1, async () => 'next')).toBe('next');
  });
});

describe('the redis event lock', () => {
  const unlocked = async ({ metrics }: OpenAdapters) => {
    const { values } = await metrics.groupsWithoutLock.get();
    return Object.fromEntries(values.map(({ labels, value }) => [labels.reason, value]));
  };

  test('goes on after a bounded wait when a holder does not come back, and counts that', async () => {
    const stuck = remember(await openAdapters('redis'));
    const waiting = remember(await openAdapters('redis', stuck));
    const release = Promise.withResolvers<void>();
    const inside = Promise.withResolvers<void>();
    const held = stuck.lock.withLock(1, () => {
      inside.resolve();
      return release.promise;
    });
    await inside.promise;
    expect(await waiting.lock.withLock(1, async () => 'went on')).toBe('went on');
    expect(await unlocked(waiting)).toEqual({ contended: 1 });
    release.resolve();
    await held;
  });

  describe('and a Redis that goes away', () => {
    let redis: RedisServer | undefined;
    afterEach(async () => {
      await closeAll();
      await redis?.remove();
    });

    test('work goes on without the lock, and with it again later', async () => {
      redis = await startRedisServer();
      const adapters = remember(await openAdapters('redis', { redisUrl: redis.url }));
      await redis.stop();
      expect(await adapters.lock.withLock(1, async () => 'unlocked')).toBe('unlocked');
      expect(await unlocked(adapters)).toEqual({ unreachable: 1 });
      await redis.start();
      for (let gone = 1; gone > 0; ) {
        const before = (await unlocked(adapters))['unreachable'] ?? 0;
        await adapters.lock.withLock(1, () => new Promise(setImmediate));
        gone = ((await unlocked(adapters))['unreachable'] ?? 0) - before;
      }
    });

    test('a commit is not turned into an error by a lock that cannot be released', async () => {
      redis = await startRedisServer();
      const server = redis;
      const { lock } = remember(await openAdapters('redis', { redisUrl: redis.url }));
      const result = await lock.withLock(1, async () => {
        await server.stop();
        return 'committed';
      });
      expect(result).toBe('committed');
    });

    test('a Redis that hangs holds work up for a second at most', async () => {
      redis = await startRedisServer();
      const adapters = remember(await openAdapters('redis', { redisUrl: redis.url }));
      redis.pause();
      expect(await adapters.lock.withLock(1, async () => 'unlocked')).toBe('unlocked');
      expect(await unlocked(adapters)).toEqual({ unreachable: 1 });
      redis.resume();
    });
  });
});
