import type { EventEmitter } from 'node:events';
import { defineConfig, MikroORM } from '@mikro-orm/postgresql';
import type { DatabaseConfig } from '../../config.ts';
import { adaptConnection, closeAfterTimeout, POSTGRESQL_PARAMETERS } from '../adapt-connection.ts';
import { type ConnectOptions, ormOptions, type Schema } from '../connect-options.ts';
import type { PoolFigures } from '../metrics/storage-metrics.ts';
import { namingSource } from '../redact.ts';
import { STORED_BY_THE_SERVER } from '../storage.ts';
import { PostgresqlSettings } from './postgresql-settings.ts';
import { postgresqlServerOptions } from './server-options.ts';

/** PostgreSQL gives up a statement by itself; what it has not answered so long after that is on a broken link. */
const ANSWER_LATER_MS = 500;
/** So that a stricter setting of the server reaches every connection without a restart. */
const CONNECTION_LIFETIME_SECONDS = 600;

export async function openPostgresql(
  config: Extract<DatabaseConfig, { kind: 'postgresql' }>,
  schema: Schema,
  options: ConnectOptions,
) {
  const { patient, onWarning } = options;
  const server = postgresqlServerOptions(config, onWarning ?? (() => undefined));
  const settings = new PostgresqlSettings(patient ? null : config);
  const orm = await MikroORM.init(
    defineConfig({
      ...ormOptions(schema, options),
      ...server.address,
      pool: { min: 0, max: config.poolMax, idleTimeoutMillis: config.poolIdleTimeoutMs },
      driverOptions: {
        ...server.driver,
        ...(server.options && { options: server.options }),
        ...(!patient && { query_timeout: config.statementTimeoutMs + ANSWER_LATER_MS }),
        keepAlive: true,
        maxLifetimeSeconds: CONNECTION_LIFETIME_SECONDS,
        onConnect: (client: Parameters<PostgresqlSettings['apply']>[0]) => settings.apply(client),
        onPoolCreated: (pool: EventEmitter & PoolFigures) => {
          server.secure(pool);
          pool.on('connect', closeAfterTimeout);
          options.onPool?.(pool);
        },
      },
    }),
  );
  adaptConnection(orm.em.getConnection(), {
    parameters: POSTGRESQL_PARAMETERS,
    onFailure: options.onFailure,
    changeDriver: (driver) => settings.bringAlong(driver),
  });
  await orm.em
    .fork()
    .execute('select 1')
    .catch((error: unknown) => {
      throw namingSource(server.name, error);
    });
  if (onWarning && !patient) for (const risk of await risksOf(orm)) onWarning(risk);
  return { orm, storage: STORED_BY_THE_SERVER };
}

const RISKS = [
  ['fsync', 'fsync is off on the PostgreSQL server: a crash of its machine can lose what was sold'],
  [
    'full_page_writes',
    'full_page_writes is off on the PostgreSQL server: a crash of its machine can damage the database',
  ],
  [
    'synchronous_commit',
    'synchronous_commit is off for this user of PostgreSQL: our connections have it raised to local',
  ],
] as const;

/** Settings of the server with which a commit that was answered could be lost. */
async function risksOf(orm: MikroORM): Promise<string[]> {
  const off = await orm.em
    .fork()
    .execute<{ name: string }[]>(`select name from pg_settings where reset_val = 'off' and name in (?)`, [
      RISKS.map(([name]) => name),
    ]);
  return RISKS.filter(([name]) => off.some((setting) => setting.name === name)).map(([, risk]) => risk);
}
