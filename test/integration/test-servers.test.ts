import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { createDatabase } from '../support/postgres-database.ts';
import { type PostgresServer, startPostgresServer } from '../support/postgres-server.ts';
import { queryPostgres } from '../support/query-postgres.ts';
import { type RedisServer, startRedisServer } from '../support/redis-server.ts';
import { testRedisUrl } from '../support/test-service-urls.ts';

function connect(url: string): Redis {
  const redis = new Redis(url, { maxRetriesPerRequest: 0, enableOfflineQueue: false, commandTimeout: 500 });
  redis.on('error', () => {});
  return redis;
}

describe("a test's own Redis", () => {
  let server: RedisServer;
  let redis: Redis;

  beforeAll(async () => {
    server = await startRedisServer({ args: ['--appendonly', 'yes', '--appendfsync', 'always'] });
    redis = connect(server.url);
    await eventually(() => redis.ping());
  });
  afterAll(async () => {
    redis.disconnect();
    await server.remove();
  });

  test('comes back on its port after a kill -9, with what it had written', async () => {
    await redis.set('ticket', 'A-1');
    const killedPid = server.pid;
    await server.kill();
    await expect(redis.ping()).rejects.toThrow();
    await server.start();
    expect(server.pid).not.toBe(killedPid);
    expect(await eventually(() => redis.get('ticket'))).toBe('A-1');
  });

  test('answers nothing while it is paused, and again afterwards', async () => {
    server.pause();
    await expect(redis.ping()).rejects.toThrow('Command timed out');
    server.resume();
    await eventually(() => redis.ping());
  });

  test('stops also while it is paused', async () => {
    server.pause();
    await server.stop();
    await expect(redis.ping()).rejects.toThrow();
    await server.start();
    await eventually(() => redis.ping());
  });
});

describe("a test's own PostgreSQL", () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgresServer({ settings: { max_connections: '20' } });
  });
  afterAll(() => server.remove());

  test.each(['fast', 'immediate'] as const)('keeps what was committed over a stop (%s)', async (mode) => {
    await queryPostgres(server.url, `create table ${mode} as select 'A-1' as ticket`);
    await server.stop(mode);
    await expect(queryPostgres(server.url, 'select 1')).rejects.toThrow('ECONNREFUSED');
    await server.start();
    expect(await queryPostgres(server.url, `select ticket from ${mode}`)).toEqual([{ ticket: 'A-1' }]);
  });

  test('takes settings', async () => {
    expect(await queryPostgres(server.url, 'show max_connections')).toEqual([{ max_connections: '20' }]);
  });
});

describe('the shared servers', () => {
  test('give every test file a migrated database of its own, also many at once', async () => {
    const databases = await Promise.all(Array.from({ length: 6 }, createDatabase));
    const [first, ...others] = databases.map((database) => database.url);
    await queryPostgres(String(first), 'create table mine (id int)');
    for (const url of others) {
      expect(await queryPostgres(url, `select to_regclass('mine') as mine, to_regclass('events') as events`)).toEqual([
        { mine: null, events: 'events' },
      ]);
    }
    await Promise.all(databases.map((database) => database.drop()));
    await expect(queryPostgres(String(first), 'select 1')).rejects.toThrow('does not exist');
  });

  test('include a Redis', async () => {
    const redis = connect(testRedisUrl());
    await eventually(() => redis.ping());
    redis.disconnect();
  });
});
