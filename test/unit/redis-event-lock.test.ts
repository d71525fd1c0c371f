import type { Redis } from 'ioredis';
import RedisMock from 'ioredis-mock';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createLogger } from '../../src/platform/logger.ts';
import { LockMaster } from '../../src/platform/redis/lock-master.ts';
import { RedisEventLock } from '../../src/platform/redis/redis-event-lock.ts';

describe('the redis event lock, on a Redis in memory', () => {
  const client = new RedisMock() as unknown as Redis;
  const log = createLogger('silent');
  const onUnlocked = vi.fn();
  const onLocked = vi.fn();
  const onLost = vi.fn();
  const lock = new RedisEventLock([new LockMaster(client, { prefix: 'box' })], {
    prefix: 'box',
    log,
    onUnlocked,
    onLocked,
    onLost,
  });
  afterEach(() => {
    vi.restoreAllMocks();
    for (const told of [onUnlocked, onLocked, onLost]) told.mockClear();
  });

  test('holds a key of its own prefix and event for a few seconds, and only during the work', async () => {
    const during = await lock.withLock(7, async () => [await client.keys('*'), await client.pttl('box:lock:event:7')]);
    expect(during).toEqual([['box:lock:event:7'], expect.any(Number)]);
    expect(during[1]).toBeGreaterThan(0);
    expect(during[1]).toBeLessThanOrEqual(3_000);
    expect(await client.keys('*')).toEqual([]);
    expect(onLocked.mock.calls).toEqual([[expect.any(Number)]]);
    expect(onLost).not.toHaveBeenCalled();
  });

  test('leaves the result of the work alone when the key has vanished before its release, and tells of it', async () => {
    const result = await lock.withLock(7, async () => {
      await client.flushall();
      return 'committed';
    });
    expect(result).toBe('committed');
    expect(onLost).toHaveBeenCalledOnce();
  });

  test('never takes away the lock of another holder', async () => {
    await lock.withLock(7, () => client.set('box:lock:event:7', 'somebody else'));
    expect(await client.get('box:lock:event:7')).toBe('somebody else');
    await client.del('box:lock:event:7');
  });

  test('releases after work that failed, and hands the failure on', async () => {
    await expect(lock.withLock(7, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(await client.keys('*')).toEqual([]);
  });

  test('goes on without the lock when Redis fails, and does not ask again for a while', async () => {
    const away = () => Promise.reject(new Error('Connection is closed.'));
    const asked = [
      vi.spyOn(client, 'evalsha').mockImplementation(away),
      vi.spyOn(client, 'eval').mockImplementation(away),
    ];
    expect(await lock.withLock(7, async () => 'first')).toBe('first');
    const calls = asked.map((spy) => spy.mock.calls.length);
    expect(await lock.withLock(7, async () => 'second')).toBe('second');
    expect(asked.map((spy) => spy.mock.calls.length)).toEqual(calls);
    expect(onUnlocked.mock.calls).toEqual(Array(2).fill(['unreachable', expect.any(Error)]));
  });
});
