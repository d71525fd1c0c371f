import { readFile } from 'node:fs/promises';
import { availableParallelism, cpus, release, totalmem, type } from 'node:os';
import { postgresVersion } from '../test/support/postgres-server.ts';
import { queryPostgres } from '../test/support/query-database.ts';
import { redisVersion } from '../test/support/redis-server.ts';
import type { Services } from './stage/services.ts';

/** On what the figures were measured, in one line. */
export async function describeMachine(services: Services, load: string): Promise<string> {
  const [redis, postgres] = await Promise.all([services.redis(), services.postgres()]);
  const durability = await queryPostgres<{ name: string; setting: string }>(
    postgres.url,
    "select name, setting from pg_settings where name in ('fsync', 'synchronous_commit', 'full_page_writes') order by name",
  );
  return [
    `${availableParallelism()} cores (${cpus()[0]?.model.trim() ?? 'unknown'})`,
    `${Math.round(totalmem() / 1024 ** 3)} GB`,
    `${type()} ${release()}`,
    await distribution(),
    `Node ${process.version}`,
    `Redis ${await redisVersion(redis.url)}`,
    `PostgreSQL ${await postgresVersion(postgres.url)} (${durability.map(({ name, setting }) => `${name} ${setting}`).join(', ')})`,
    `load by ${load}`,
  ].join(', ');
}

async function distribution(): Promise<string> {
  const text = await readFile('/etc/os-release', 'utf8').catch(() => '');
  return /^PRETTY_NAME="?([^"\n]+)/m.exec(text)?.[1] ?? process.platform;
}
