import { readFileSync } from 'node:fs';
import { type FastifyInstance, fastify, LogController } from 'fastify';
import { registerHealth } from '../api/health.ts';
import { type Config, InvalidConfiguration } from '../config.ts';
import { type Container, createContainer, type Overrides } from '../container.ts';
import { limitConnections } from '../http/limits/connections.ts';
import { checkHosts } from '../http/limits/hosts.ts';
import { assertMigrated, migrateDatabase } from '../migrations/migrate.ts';
import { LastError } from '../platform/last-error.ts';
import { createLogger, type Logger, layoutOf } from '../platform/logger.ts';
import { warnOfTooFewConnections } from '../platform/postgresql/connection-budget.ts';
import { endAfterFault, stopOnSignals } from '../platform/shutdown.ts';

export type Role = 'serve' | 'api' | 'worker';

export interface RunOptions {
  /** Apply pending migrations first; without a Redis this is always done. */
  readonly migrate: boolean;
}

/** Runs a long-lived process until it is told to stop. */
export async function run(role: Role, config: Config, options: RunOptions, overrides: Overrides = {}): Promise<void> {
  if (role !== 'serve' && !config.redis) {
    throw new InvalidConfiguration([`REDIS_URL: is needed by "boxoffice ${role}", to reach the other processes`]);
  }
  const lastError = new LastError();
  const log = overrides.log ?? (await createProcessLogger(role, config, lastError));
  const opened: { close(): Promise<unknown> }[] = [];
  const closeAll = async () => {
    for (const part of opened.splice(0).reverse()) await part.close();
  };
  stopOnSignals(closeAll, config.shutdownTimeoutMs, log);
  for (const warning of config.warnings) log.warn(warning);
  try {
    if (options.migrate || !config.redis) await migrateFirst(config, log);
    const onFatal = endAfterFault(log);
    const container = await createContainer(config, {
      lastError,
      ...overrides,
      log,
      database: { onFatal, ...overrides.database },
    });
    opened.push(container);
    await assertMigrated(container.db);
    await container.signingKeys();
    if (config.database.kind === 'postgresql')
      await warnOfTooFewConnections(container.db, config.database.poolMax, log);
    const server = role === 'worker' ? operationsOnly(container) : await openApi(container);
    opened.push(server);
    const url = await server.listen({ host: config.host, port: config.port });
    if (role !== 'api') container.startWorker();
    const { database, redis, auth } = config;
    if (auth.mode === 'off' && role !== 'worker')
      log.warn('AUTH_MODE is off: whoever reaches this port may do everything');
    log.info({ url, database: database.kind, redis: redis !== null, auth: auth.mode }, 'listening');
  } catch (error) {
    await closeAll();
    throw error;
  }
}

async function createProcessLogger(role: Role, config: Config, lastError: LastError): Promise<Logger> {
  const layout = await layoutOf(config.logFormat);
  return createLogger(config.logLevel, { role, version: versionOfPackage(), layout, lastError });
}

/** Before anything else is opened: whatever it takes, nobody waits for this process yet. */
async function migrateFirst({ database }: Config, log: Logger): Promise<void> {
  await migrateDatabase(database, {
    onPending: (migrations) => log.info({ migrations }, 'migrating the database'),
    onWait: (line) => log.info(line),
  });
}

/** A worker has no use for GraphQL and REST, and starts without their code. */
async function openApi(container: Container): Promise<FastifyInstance> {
  const { createServer } = await import('../api/server.ts');
  return createServer(container);
}

/** A worker answers health checks and metrics only. */
function operationsOnly(container: Container): FastifyInstance {
  const app = fastify({
    loggerInstance: container.log,
    logController: new LogController({ disableRequestLogging: true }),
    return503OnClosing: false,
  }) as unknown as FastifyInstance;
  limitConnections(app.server, container);
  checkHosts(app, container.config);
  registerHealth(app, container, 'finalizing');
  return app;
}

/** Of package.json, which stands beside `src` and beside `dist`. */
function versionOfPackage(): string {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  return version;
}
