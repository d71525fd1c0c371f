import { Redis } from 'ioredis';
import { redisProgram } from './services/programs.ts';
import { temporaryFolder } from './services/reap-when-orphaned.ts';
import { freePort, type ServerProcess, startServerProcess } from './services/server-process.ts';

export interface RedisServer {
  readonly url: string;
  readonly port: number;
  readonly program: string;
  /** Ends it in order. Its files stay until `remove` or the end of the test process. */
  stop(): Promise<void>;
  /** kill -9 */
  kill(): Promise<void>;
  /** SIGSTOP: connections stay open and nothing answers. */
  pause(): void;
  resume(): void;
  /** Again, on the same port and with the same files. */
  start(): Promise<void>;
  /** Stops it and deletes its files. */
  remove(): Promise<void>;
}

export interface RedisServerOptions {
  port?: number;
  /** Added to the command line. Without `['--appendonly', 'yes']` nothing survives a restart. */
  args?: string[];
}

/** A Redis (or Valkey) of the test's own, on 127.0.0.1, for tests that stop, kill or pause it. */
export async function startRedisServer(options: RedisServerOptions = {}): Promise<RedisServer> {
  const program = await redisProgram();
  const port = options.port ?? (await freePort());
  const folder = await temporaryFolder('redis');
  const args = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder.path, '--save', '', '--appendonly', 'no'];
  const launch = () =>
    startServerProcess({
      program,
      args: [...args, ...(options.args ?? [])],
      folder: folder.path,
      readyOutput: /Ready to accept connections/,
      killSignal: 'SIGKILL',
    });

  let running: ServerProcess;
  const server: RedisServer = {
    url: `redis://127.0.0.1:${port}`,
    port,
    program,
    stop: () => {
      running.signal('SIGCONT');
      return running.end('SIGTERM');
    },
    kill: () => running.end('SIGKILL'),
    pause: () => running.signal('SIGSTOP'),
    resume: () => running.signal('SIGCONT'),
    start: async () => {
      running = await launch();
    },
    remove: async () => {
      await server.stop();
      await folder.remove();
    },
  };
  try {
    running = await launch();
  } catch (error) {
    await folder.remove();
    throw error;
  }
  return server;
}

export async function redisVersion(url: string): Promise<string> {
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
}
