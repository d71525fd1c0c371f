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
import { NO_TRACING, type Tracing } from '../platform/tracing.ts';
import { versionOfPackage } from '../version.ts';
import { greeting, isWatched, type Role } from './greeting.ts';

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
  const tracing = await openTracing(role, config, () => log);
  const log = overrides.log ?? (await createProcessLogger(role, config, { lastError, tracing }));
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
      tracing,
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
    await listen(server, role, container);
    if (role !== 'api') container.startWorker();
  } catch (error) {
    await closeAll();
    throw error;
  }
}

/** Loads the code for it only where somebody wants to know: it is as much as all of ours. */
async function openTracing(role: Role, { tracesTo: endpoint }: Config, log: () => Logger): Promise<Tracing> {
  if (endpoint === null) return NO_TRACING;
  const { openTelemetry } = await import('../platform/opentelemetry/open-telemetry.ts');
  return openTelemetry({ endpoint, role, version: versionOfPackage(), log });
}

async function createProcessLogger(
  role: Role,
  config: Config,
  { lastError, tracing }: { lastError: LastError; tracing: Tracing },
): Promise<Logger> {
  const layout = await layoutOf(isWatched(config) ? 'pretty' : (config.logFormat ?? 'json'));
  const mixin = tracing.on && { mixin: () => tracing.idsForLog() };
  return createLogger(config.logLevel, { role, version: versionOfPackage(), layout, lastError, ...mixin });
}

async function listen(server: FastifyInstance, role: Role, { config, log }: Container): Promise<void> {
  const { host, port, database, redis, auth } = config;
  const { level } = log;
  // Fastify has a line of its own.
  if (isWatched(config)) log.level = 'warn';
  const url = await server.listen({ host, port });
  log.level = level;
  if (isWatched(config)) {
    for (const line of greeting(role, config, url)) console.log(line);
    return;
  }
  if (auth.mode === 'off' && role !== 'worker')
    log.warn('AUTH_MODE is off: whoever reaches this port may do everything');
  log.info({ url, database: database.kind, redis: redis !== null, auth: auth.mode }, 'listening');
}

/** Before anything else is opened: whatever it takes, nobody waits for this process yet. */
async function migrateFirst(config: Config, log: Logger): Promise<void> {
  await migrateDatabase(config.database, {
    onPending: (migrations) => {
      if (!isWatched(config)) log.info({ migrations }, 'migrating the database');
    },
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
