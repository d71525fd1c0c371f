import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type OpenAdapters, openAdapters } from '../support/adapters.ts';
import { eventually } from '../support/eventually.ts';
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

describe('the redis event lock', () => {
  test('lets one in at a time; without it they overlap', async () => {
    const first = remember(await openAdapters('redis'));
    const processes = [first, remember(await openAdapters('redis', first))];
    const locked = crowd();
    await rush(6, (i) => (processes[i % 2] as OpenAdapters).lock.withLock(1, locked.visit));
    const control = crowd();
    await rush(6, control.visit);
    expect([locked.most(), control.most()]).toEqual([1, 6]);
  });

  test('does not make one event wait for another', async () => {
    const { lock } = remember(await openAdapters('redis'));
    const otherCame = Promise.withResolvers<void>();
    const waited = lock.withLock(1, () => otherCame.promise);
    await lock.withLock(2, async () => otherCame.resolve());
    await waited;
  });

  test('hands on what the work returns or throws', async () => {
    const { lock } = remember(await openAdapters('redis'));
    expect(await lock.withLock(1, async () => 'result')).toBe('result');
    const broken = new Error('broken work');
    await expect(lock.withLock(1, () => Promise.reject(broken))).rejects.toBe(broken);
    expect(await lock.withLock(1, async () => 'next')).toBe('next');
  });
});

/** Both clocks start now, in one event loop: a machine that is slow is slow for both. */
function withinASecond<T>(work: Promise<T>): Promise<T | 'late'> {
  return Promise.race([work, pause(1_000, 'late' as const)]);
}

describe('the redis event lock', () => {
  const unlocked = async ({ metrics }: OpenAdapters) => {
    const { values } = await metrics.groupsWithoutLock.get();
    return Object.fromEntries(values.map(({ labels, value }) => [labels.reason, value]));
  };

  test('goes on after a second at most when a holder does not come back, and counts that', async () => {
    const stuck = remember(await openAdapters('redis'));
    const waiting = remember(await openAdapters('redis', stuck));
    const release = Promise.withResolvers<void>();
    const inside = Promise.withResolvers<void>();
    const held = stuck.lock.withLock(1, () => {
      inside.resolve();
      return release.promise;
    });
    await inside.promise;
    expect(await withinASecond(waiting.lock.withLock(1, async () => 'went on'))).toBe('went on');
    expect(await unlocked(waiting)).toEqual({ contended: 1 });
    release.resolve();
    await held;
  });

  describe('with a Redis that goes away', () => {
    let redis: RedisServer | undefined;
    afterEach(async () => {
      await closeAll();
      await redis?.remove();
    });

    test('lets work go on without it, and locks again later', async () => {
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

    test('does not turn a commit into an error when it cannot be released', async () => {
      redis = await startRedisServer();
      const server = redis;
      const { lock } = remember(await openAdapters('redis', { redisUrl: redis.url }));
      const result = await lock.withLock(1, async () => {
        await server.stop();
        return 'committed';
      });
      expect(result).toBe('committed');
    });

    test('holds work up for a second at most while Redis hangs', async () => {
      redis = await startRedisServer();
      const adapters = remember(await openAdapters('redis', { redisUrl: redis.url }));
      redis.pause();
      expect(await withinASecond(adapters.lock.withLock(1, async () => 'unlocked'))).toBe('unlocked');
      expect(await unlocked(adapters)).toEqual({ unreachable: 1 });
      redis.resume();
    });
  });

  describe('of three masters', () => {
    let masters: RedisServer[];
    beforeEach(async () => {
      masters = await Promise.all([startRedisServer(), startRedisServer(), startRedisServer()]);
    });
    afterEach(async () => {
      await closeAll();
      await Promise.all(masters.map((master) => master.remove()));
    });

    const openOne = async (prefix?: string) => {
      const lockUrls = masters.map(({ url }) => url);
      return remember(await openAdapters('redis', { lockUrls, ...(prefix !== undefined && { prefix }) }));
    };
    const upMasters = async ({ metrics }: OpenAdapters) => {
      const { values } = await metrics.lockMasterUp.get();
      return Object.fromEntries(values.map(({ labels, value }) => [labels.master, value]));
    };
    const nameOf = ({ port }: RedisServer) => `127.0.0.1:${port}`;
    const FAULTS: [string, (master: RedisServer) => Promise<void> | void][] = [
      ['dead', (master) => master.kill()],
      ['stopped', (master) => master.pause()],
    ];

    test.each(FAULTS)(
      'with one that is %s lets one in at a time all the same; the metrics and one line of the log name it',
      async (_state, fail) => {
        const processes = [await openOne()];
        processes.push(await openOne(processes[0]?.prefix));
        const [broken] = masters as [RedisServer];
        await fail(broken);
        const up = Object.fromEntries(masters.map((master) => [nameOf(master), master === broken ? 0 : 1]));
        for (const one of processes) {
          await one.lock.withLock(1, async () => 'noticed');
          await eventually(async () => expect(await upMasters(one)).toEqual(up));
        }
        const locked = crowd();
        await rush(12, (i) => (processes[i % 2] as OpenAdapters).lock.withLock(1, locked.visit));
        expect(locked.most()).toBe(1);
        for (const one of processes) {
          expect(await unlocked(one)).toEqual({});
          expect(one.warnings).toEqual([`lock master ${nameOf(broken)} is away, going on without it`]);
        }
      },
    );

    test.each(FAULTS)(
      'with one that is %s counts as contended what waits for a holder in vain, and what comes after it is locked again',
      async (_state, fail) => {
        const stuck = await openOne();
        const waiting = await openOne(stuck.prefix);
        await fail(masters[2] as RedisServer);
        const [release, inside] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
        const held = stuck.lock.withLock(1, () => {
          inside.resolve();
          return release.promise;
        });
        await inside.promise;
        expect(await rush(2, () => waiting.lock.withLock(1, async () => 'went on'))).toEqual(['went on', 'went on']);
        expect(await unlocked(waiting)).toEqual({ contended: 2 });
        expect(await waiting.lock.withLock(2, async () => 'another event')).toBe('another event');
        release.resolve();
        await held;
        await waiting.lock.withLock(1, async () => 'locked');
        expect(await unlocked(waiting)).toEqual({ contended: 2 });
      },
    );

    test('with two that are dead goes on without, is counted as out of reach, and locks again when one is back', async () => {
      const adapters = await openOne();
      const [first, second] = masters as [RedisServer, RedisServer];
      await Promise.all([first.kill(), second.kill()]);
      expect(await adapters.lock.withLock(1, async () => 'went on')).toBe('went on');
      expect(await unlocked(adapters)).toEqual({ unreachable: 1 });
      expect(adapters.warnings).toContain('event lock is away, booking without it');
      await first.start();
      await eventually(async () => {
        const before = (await unlocked(adapters))['unreachable'];
        await adapters.lock.withLock(1, async () => undefined);
        expect((await unlocked(adapters))['unreachable']).toBe(before);
      });
    });
  });
});
