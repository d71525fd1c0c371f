import { basename } from 'node:path';
import { Redis } from 'ioredis';
import { startRedisServer } from '../redis-server.ts';
import { startReapedContainer } from './reaped-container.ts';
import type { ServiceKind } from './service-kind.ts';

export const redisService: ServiceKind = {
  name: 'redis',
  urlVariable: 'TEST_REDIS_URL',
  image: 'redis:7-bookworm',

  async startContainer() {
    const { RedisContainer } = await import('@testcontainers/redis');
    const { started, stop } = await startReapedContainer(new RedisContainer(this.image));
    return { url: started.getConnectionUrl(), served: `Docker image ${this.image}`, stop };
  },

  async startProgram() {
    const server = await startRedisServer();
    return { url: server.url, served: basename(server.program), stop: () => server.remove() };
  },

  async version(url) {
    const redis = new Redis(url, {
      lazyConnect: true,
      connectTimeout: 5_000,
      commandTimeout: 5_000,
      maxRetriesPerRequest: 0,
      retryStrategy: () => null,
    });
    let cause: Error | undefined;
    redis.on('error', (error) => {
      cause = error;
    });
    try {
      const info = await redis.info('server');
      return /^(?:valkey|redis)_version:(.+)$/m.exec(info)?.[1]?.trim() ?? 'of an unknown version';
    } catch (error) {
      throw cause ?? error;
    } finally {
      redis.disconnect();
    }
  },
};
