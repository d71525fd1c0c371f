import { Redis } from 'ioredis';
import { redisProgram } from './services/programs.ts';
import { temporaryFolder } from './services/reap-when-orphaned.ts';
import { freePort, type OwnServer, startServer } from './services/server-process.ts';

export type RedisServer = OwnServer;

interface RedisServerOptions {
  readonly port?: number;
  /** Added to the command line. Without `['--appendonly', 'yes']` nothing survives a restart. */
  readonly args?: readonly string[];
}

/** A Redis (or Valkey) of the test's own, on 127.0.0.1, for tests that stop, kill or pause it. */
export async function startRedisServer(options: RedisServerOptions = {}): Promise<OwnServer> {
  const port = options.port ?? (await freePort());
  const folder = await temporaryFolder('redis');
  const args = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder.path, '--save', '', '--appendonly', 'no'];
  return startServer({
    url: `redis://127.0.0.1:${port}`,
    program: await redisProgram(),
    args: [...args, ...(options.args ?? [])],
    folder,
    readyOutput: /Ready to accept connections/,
    stopSignal: 'SIGTERM',
    killSignal: 'SIGKILL',
  });
}

/** Uses a connection of its own. Rejects with what keeps it from having one. */
export async function withRedis<T>(url: string, use: (redis: Redis) => Promise<T>): Promise<T> {
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
    return await use(redis);
  } catch (error) {
    throw cause ?? error;
  } finally {
    redis.disconnect();
  }
}

export async function redisVersion(url: string): Promise<string> {
  const info = await withRedis(url, (redis) => redis.info('server'));
  return /^(?:valkey|redis)_version:(.+)$/m.exec(info)?.[1]?.trim() ?? 'of an unknown version';
}
