import { readFile } from 'node:fs/promises';
import { availableParallelism, cpus, release, totalmem, type } from 'node:os';
import { postgresVersion } from '../test/support/postgres-server.ts';
import { queryPostgres } from '../test/support/query-database.ts';
import { redisVersion } from '../test/support/redis-server.ts';
import type { Services } from './stage/services.ts';

/** On what the figures were measured. */
export interface Machine {
  readonly cores: number;
  readonly model: string;
  readonly memoryGb: number;
  readonly kernel: string;
  readonly system: string;
  readonly node: string;
  readonly redis: string;
  readonly postgresql: string;
  readonly load: string;
}

export async function describeMachine(services: Services, load: string): Promise<Machine> {
  const [redis, postgres] = await Promise.all([services.redis(), services.postgres()]);
  return {
    cores: availableParallelism(),
    model: cpus()[0]?.model.trim() ?? 'unknown',
    memoryGb: Math.round(totalmem() / 1024 ** 3),
    kernel: `${type()} ${release()}`,
    system: await distribution(),
    node: process.version,
    redis: await redisVersion(redis.url),
    postgresql: `${await postgresVersion(postgres.url)} (${await durability(postgres.url)})`,
    load,
  };
}

export function machineLine(machine: Machine): string {
  const { cores, model, memoryGb, kernel, system, node, redis, postgresql, load } = machine;
  return [
    `${cores} cores (${model})`,
    `${memoryGb} GB`,
    kernel,
    system,
    `Node ${node}`,
    `Redis ${redis}`,
    `PostgreSQL ${postgresql}`,
    `load by ${load}`,
  ].join(', ');
}

async function distribution(): Promise<string> {
  const text = await readFile('/etc/os-release', 'utf8').catch(() => '');
  return /^PRETTY_NAME="?([^"\n]+)/m.exec(text)?.[1] ?? process.platform;
}

async function durability(url: string): Promise<string> {
  const settings = "('fsync', 'synchronous_commit', 'full_page_writes')";
  const rows = await queryPostgres<{ name: string; setting: string }>(
    url,
    `select name, setting from pg_settings where name in ${settings} order by name`,
  );
  return rows.map(({ name, setting }) => `${name} ${setting}`).join(', ');
}
