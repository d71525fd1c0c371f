import { type FastifyInstance, fastify, LogController } from 'fastify';
import { type Config, InvalidConfiguration } from './config.ts';
import { type Container, createContainer } from './container.ts';
import { registerOperations } from './http/operations.ts';
import { createServer } from './http/server.ts';
import { migrate } from './migrations/migrate.ts';
import { stopOnSignals } from './platform/shutdown.ts';

export type Role = 'serve' | 'api' | 'worker';

export interface RunOptions {
  /** Apply pending migrations first; without a Redis this is always done. */
  readonly migrate: boolean;
}

/** Runs a long-lived process until it is told to stop. */
export async function run(role: Role, config: Config, options: RunOptions): Promise<void> {
  if (role !== 'serve' && !config.redis) {
    throw new InvalidConfiguration([`REDIS_URL: is needed by "boxoffice ${role}", to reach the other processes`]);
  }
  const container = await createContainer(config);
  const { log } = container;
  let app: FastifyInstance | undefined;
  let url: string;
  try {
    if (options.migrate || !config.redis) await migrate(container.db);
    await container.assertMigrated();
    app = role === 'worker' ? operationsOnly(container) : await createServer(container);
    url = await app.listen({ host: config.host, port: config.port });
  } catch (error) {
    await app?.close();
    await container.close();
    throw error;
  }
  if (role !== 'api') container.startWorker();
  const server = app;
  stopOnSignals(async () => {
    await server.close();
    await container.close();
  }, log);
  announceOpen(role, container, url);
}

/** A worker answers health checks and metrics only. */
function operationsOnly(container: Container): FastifyInstance {
  const app = fastify({
    loggerInstance: container.log,
    logController: new LogController({ disableRequestLogging: true }),
  }) as unknown as FastifyInstance;
  registerOperations(app, container);
  return app;
}

function announceOpen(role: Role, { config, log }: Container, url: string): void {
  const { database, redis, authMode: auth } = config;
  log.info({ role, url, database: database.kind, redis: redis !== null, auth }, 'the box office is open');
}
