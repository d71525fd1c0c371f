import { type PostgresServer, startPostgresServer } from '../../test/support/postgres-server.ts';
import { type RedisServer, startRedisServer } from '../../test/support/redis-server.ts';

/** What a test may do without, a benchmark may not: answers come after a commit that is on disk. Room for the seeding. */
const DURABLE = { fsync: 'on', full_page_writes: 'on', max_connections: '100', max_wal_size: '8GB' };
/** As Redis has it by itself; only the policy differs, because a queue must not be evicted. */
const REDIS_DEFAULTS = ['--save', '3600 1 300 100 60 10000', '--maxmemory-policy', 'noeviction'];

/** One Redis and one PostgreSQL for the whole run, each started when the first scenario needs it. */
export class Services {
  #redis: Promise<RedisServer> | undefined;
  #postgres: Promise<PostgresServer> | undefined;

  redis(): Promise<RedisServer> {
    this.#redis ??= startRedisServer({ args: REDIS_DEFAULTS });
    return this.#redis;
  }

  postgres(): Promise<PostgresServer> {
    this.#postgres ??= startPostgresServer({ settings: DURABLE });
    return this.#postgres;
  }

  async close(): Promise<void> {
    await Promise.allSettled([this.#redis, this.#postgres].map(async (server) => (await server)?.remove()));
  }
}
