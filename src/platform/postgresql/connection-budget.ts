import type { Database } from '../database.ts';
import type { Logger } from '../logger.ts';
import { APPLICATION_NAME_PREFIX } from './server-options.ts';

interface Measured {
  readonly maxConnections: number;
  readonly reservedConnections: number;
  readonly otherProcesses: number;
  readonly otherPools: number;
  readonly otherConnections: number;
}

/** Every process of ours has a connection open now and then, and its name tells how many it may open. */
const MEASURE = `
  with sessions as (
    select pid, application_name as name from pg_stat_activity where backend_type = 'client backend'
  ), processes as (
    select distinct name, substring(name from ?)::int as pool from sessions
    where name ~ ? and name <> current_setting('application_name')
  )
  select current_setting('max_connections')::int as "maxConnections",
    current_setting('superuser_reserved_connections')::int
      + coalesce(current_setting('reserved_connections', true)::int, 0) as "reservedConnections",
    (select count(*)::int from processes) as "otherProcesses",
    (select coalesce(sum(pool), 0)::int from processes) as "otherPools",
    (select count(*)::int from sessions where name !~ ? and pid <> pg_backend_pid()) as "otherConnections"`;
const OF_A_PROCESS = `^${APPLICATION_NAME_PREFIX}(\\d{1,4}) `;

/**
 * Warns when PostgreSQL has fewer connections than this process, the other processes of the box office that are
 * connected, and everybody else who is connected may have open together: somebody will wait for one in vain.
 */
export async function warnOfTooFewConnections(db: Database, poolMax: number, log: Logger): Promise<void> {
  const measured = await measure(db).catch((error: unknown) => {
    log.warn({ err: error }, "PostgreSQL's connections could not be counted");
  });
  if (!measured) return;
  const available = measured.maxConnections - measured.reservedConnections;
  const wanted = poolMax + measured.otherPools + measured.otherConnections;
  if (wanted <= available) return;
  log.warn(
    { pool: poolMax, ...measured },
    `PostgreSQL has ${available} connections to give, and ${wanted} may be asked for: ` +
      'lower DATABASE_POOL_MAX, run fewer processes, or raise max_connections',
  );
}

async function measure(db: Database): Promise<Measured> {
  const [row] = await db.em().execute<Measured[]>(MEASURE, [OF_A_PROCESS, OF_A_PROCESS, OF_A_PROCESS]);
  return row as Measured;
}
