import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { runCommand } from '../support/boxoffice-process.ts';
import { eventually } from '../support/eventually.ts';
import { Fleet, openFleet } from '../support/fleet.ts';
import { createEvent } from '../support/graphql-client.ts';
import { commandsOf } from '../support/operations-guide.ts';
import { type PostgresServer, startPostgresServer } from '../support/postgres-server.ts';
import { queryPostgres } from '../support/query-database.ts';
import { type RedisServer, startRedisServer } from '../support/redis-server.ts';
import { postgresClientPrograms } from '../support/services/programs.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/services/temporary-folder.ts';
import { openShell, type Shell } from '../support/shell.ts';
import { expectWhatBuyersSee, sellUntilTheEnd } from './drill.ts';

/** What stands in docs/operations.md, and is run here as it stands there. */
interface Documented {
  readonly backup: string;
  readonly restore: string;
}

let redis: RedisServer;
let folder: TemporaryFolder;
let sqliteCommands: Documented;
let postgresqlCommands: Documented;
let raiseIds: string;
beforeAll(async () => {
  redis = await startRedisServer();
  const blocks = commandsOf('Backup and restore');
  expect(blocks).toHaveLength(5);
  const [backup, restore, dump, restoreDump, raise] = blocks as [string, string, string, string, string];
  sqliteCommands = { backup, restore };
  postgresqlCommands = { backup: dump, restore: restoreDump };
  raiseIds = raise;
});
afterAll(() => redis.remove());
beforeEach(async () => {
  folder = await temporaryFolder('drill');
  await mkdir(join(folder.path, 'backups'));
});
afterEach(() => folder.remove());

describe('sold, backed up while selling, sold on, killed, restored', () => {
  test.each(['the old Redis', 'an empty Redis'] as const)('SQLite with %s', async (whichRedis) => {
    const fleet = await openFleet('sqlite + redis', { redisUrl: redis.url });
    await drill(fleet, await openShell(folder.path, fleet.env), sqliteCommands, whichRedis);
  });

  describe('PostgreSQL', () => {
    let server: PostgresServer;
    beforeAll(async () => {
      server = await startPostgresServer();
    });
    afterAll(() => server.remove());

    test('with the old Redis', async () => {
      const env = { DATABASE_URL: server.url, REDIS_URL: redis.url, REDIS_PREFIX: 'postgresql' };
      const fleet = new Fleet(env, async () => undefined);
      const shell = await openShell(folder.path, env, [await postgresClientPrograms(server.program)]);
      await drill(fleet, shell, postgresqlCommands, 'the old Redis');
    });

    test('and a page that was overwritten on its disk: verify calls it malformed, and nothing else', async () => {
      const env = { DATABASE_URL: server.url };
      expect(await runCommand(['migrate'], env)).toMatchObject({ code: 0 });
      await queryPostgres(server.url, "insert into events (title, capacity, created_at) values ('Concert', 1, now())");
      const [where] = await queryPostgres<{ folder: string; path: string }>(
        server.url,
        "select current_setting('data_directory') as folder, pg_relation_filepath('events') as path",
      );
      await server.stop();
      await writeFile(join(where?.folder ?? '', where?.path ?? ''), Buffer.alloc(8_192, 'x'), { flag: 'r+' });
      await server.start();
      expect(await runCommand(['verify'], env)).toMatchObject({
        code: 1,
        stdout: '',
        stderr: expect.stringMatching(
          /^boxoffice: the database is malformed, restore a backup: invalid page in block 0 of relation .*\n$/,
        ),
      });
    });
  });
});

test('raise-ids, as after any other way of setting a database back', async () => {
  const fleet = await openFleet('embedded');
  expect(await runCommand(['raise-ids'], fleet.env)).toMatchObject({ code: 1, stdout: '' });
  await runCommand(['migrate'], fleet.env);
  const shell = await openShell(folder.path, fleet.env);
  expect(await shell.run(raiseIds)).toBe(
    ['bookings', 'events', 'tickets'].map((table) => `${table} go on at 5000001\n`).join(''),
  );
  const office = await fleet.start('serve');
  expect(await createEvent(office.url, { capacity: 1 })).toBe('5000001');
  await fleet.close();
});

async function drill(
  fleet: Fleet,
  shell: Shell,
  commands: Documented,
  whichRedis: 'the old Redis' | 'an empty Redis',
): Promise<void> {
  const connection = new Redis(redis.url, { maxRetriesPerRequest: null });
  const queue = new Queue('finalization', { connection, prefix: fleet.env['REDIS_PREFIX'] as string });
  const jobsLeft = () => queue.getJobCounts('waiting', 'delayed', 'failed');
  try {
    const sale = await sellUntilTheEnd(fleet, () => shell.run(commands.backup));
    expect((await jobsLeft())['waiting']).toBeGreaterThan(0);
    if (whichRedis === 'an empty Redis') await connection.flushall();
    await shell.run(commands.restore);

    const [api] = await Promise.all([fleet.start('api'), fleet.start('worker')]);
    await expectWhatBuyersSee(api.url, sale);
    await eventually(async () => expect(await jobsLeft()).toEqual({ waiting: 0, delayed: 0, failed: 0 }));
  } finally {
    await queue.close();
    connection.disconnect();
    await fleet.close();
  }
}
