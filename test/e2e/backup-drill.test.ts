import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Attempt, BookingClient, BookingLoad, tally } from '../support/booking-client.ts';
import { runCommand } from '../support/boxoffice-process.ts';
import { createEmptyDatabase } from '../support/databases.ts';
import { eventually } from '../support/eventually.ts';
import { expectNothingLost } from '../support/fault-expectations.ts';
import { Fleet, openFleet } from '../support/fleet.ts';
import { allFinalized, bookTicket, createEvent, graphql, graphqlData, statsOf } from '../support/graphql-client.ts';
import { commandsOf } from '../support/operations-guide.ts';
import { type PostgresServer, startPostgresServer } from '../support/postgres-server.ts';
import { queryPostgres } from '../support/query-database.ts';
import { type RedisServer, startRedisServer } from '../support/redis-server.ts';
import { postgresClientPrograms } from '../support/services/programs.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/services/reap-when-orphaned.ts';
import { openShell, type Shell } from '../support/shell.ts';

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

describe('a sale that was backed up, went on, was killed and is restored,', () => {
  test('on SQLite with an empty Redis, is what its buyers were told', async () => {
    const fleet = await openFleet('sqlite + redis', { redisUrl: redis.url });
    await drill(fleet, await openShell(folder.path, fleet.env), sqliteCommands, 'an empty Redis');
  });

  describe('on PostgreSQL,', () => {
    let server: PostgresServer;
    beforeAll(async () => {
      server = await startPostgresServer();
    });
    afterAll(() => server.remove());

    test('with the old Redis, is what its buyers were told', async () => {
      const env = { DATABASE_URL: server.url, REDIS_URL: redis.url, REDIS_PREFIX: 'postgresql' };
      const fleet = new Fleet(env, async () => undefined);
      const shell = await openShell(folder.path, env, [await postgresClientPrograms(server.program)]);
      await drill(fleet, shell, postgresqlCommands, 'the old Redis');
    });

    test('has a page that was overwritten on the disk: verify calls it malformed, and nothing else', async () => {
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

test('raise-ids gives no id twice after any other way of setting a database back', async () => {
  const { url: DATABASE_URL, remove } = await createEmptyDatabase('sqlite');
  const fleet = new Fleet({ DATABASE_URL }, remove);
  expect(await runCommand(['raise-ids'], fleet.env)).toMatchObject({ code: 1, stdout: '' });
  await runCommand(['migrate'], fleet.env);
  const shell = await openShell(folder.path, fleet.env);
  expect(await shell.run(raiseIds)).toBe(
    ['bookings', 'events', 'tickets', 'waiting_list'].map((table) => `${table} go on at 5000001\n`).join(''),
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

const SOLD_IN_EACH_PART = 30;

interface Sale {
  readonly eventId: string;
  /** Created after the backup. */
  readonly lostEventId: string;
  /** Answered before the backup began. */
  readonly before: readonly Attempt[];
  /** Begun after it had ended. */
  readonly after: readonly Attempt[];
  /** Final before the backup, with its tickets; cancelled after it. */
  readonly cancelledLater: Ticketed;
  /** PENDING at the backup, final after it. */
  readonly finalLater: Ticketed;
}

interface Ticketed {
  readonly id: number;
  readonly codes: readonly string[];
}

/** Sells, backs up while it sells, sells on, and kills all of it; in Redis it leaves jobs of bookings of before and after. */
async function sellUntilTheEnd(fleet: Fleet, backUp: () => Promise<unknown>): Promise<Sale> {
  const [api, first] = await Promise.all([fleet.start('api'), fleet.start('worker')]);
  const eventId = await createEvent(api.url, { capacity: 1_000_000 });
  const load = new BookingLoad([api.url], eventId, { concurrency: 10 });
  const sold = (since = load.booked.length) =>
    eventually(() => load.booked.length >= since + SOLD_IN_EACH_PART, { timeoutMs: 30_000 });
  await sold();
  const cancelledLater = await finalized(api.url, idOf(load.booked[0]));
  // Killed, not stopped: a stopped one may hold SQLite's lock.
  await first.kill();
  await sold();
  const pending = idOf(load.booked.at(-1));
  const from = performance.now();
  await backUp();
  const to = performance.now();
  const second = await fleet.start('worker');
  const finalLater = await finalized(api.url, pending);
  await second.kill();
  await graphqlData(api.url, `mutation { cancelBooking(id: ${cancelledLater.id}) { status } }`);
  const lostEventId = await createEvent(api.url, { capacity: 10 });
  await bookTicket(api.url, { eventId: lostEventId });
  await sold();
  const attempts = await load.stop();
  await api.kill();
  expect(tally(attempts)).toEqual({ booked: attempts.length });
  return {
    eventId,
    lostEventId,
    before: attempts.filter(({ endedAt }) => endedAt < from),
    after: attempts.filter(({ startedAt }) => startedAt > to),
    cancelledLater,
    finalLater,
  };
}

/** @returns its tickets, once it is final */
async function finalized(url: string, id: number): Promise<Ticketed> {
  const query = `{ booking(id: ${id}) { status tickets { code } } }`;
  return eventually(async () => {
    const { booking } = await graphqlData<{ booking: { status: string; tickets: { code: string }[] } }>(url, query);
    expect(booking.status).toBe('FINALIZED');
    return { id, codes: booking.tickets.map(({ code }) => code) };
  });
}

/** After the restore, from a new API and a new worker. */
async function expectWhatBuyersSee(url: string, sale: Sale): Promise<void> {
  const { eventId, lostEventId, before, after, cancelledLater, finalLater } = sale;
  await allFinalized(url, eventId);
  await expectNothingLost(url, eventId, before);
  expect(await finalized(url, cancelledLater.id)).toEqual(cancelledLater);
  const { codes } = await finalized(url, finalLater.id);
  expect(codes).toHaveLength(finalLater.codes.length);
  for (const code of finalLater.codes) expect(codes).not.toContain(code);
  // Ten at a time: hundreds at once may find no connection of the pool in time.
  const expectLost = async () => {
    for (let first = 0; first < after.length; first += 10) {
      const answers = await Promise.all(after.slice(first, first + 10).map((attempt) => seen(url, idOf(attempt))));
      expect(answers).toEqual(answers.map(() => ({ read: null, cancelled: 'NOT_FOUND' })));
    }
  };
  await expectLost();
  expect(await statsOf(url, lostEventId)).toBeNull();

  const highest = Math.max(...[...before, ...after].map(idOf));
  const client = new BookingClient();
  const again = (attempts: readonly Attempt[]) => Promise.all(attempts.map(({ input }) => client.book(url, input)));
  expect((await again(before)).map(({ outcome }) => outcome)).toEqual(before.map(({ outcome }) => outcome));
  for (const attempt of await again(after)) expect(idOf(attempt)).toBeGreaterThan(highest);
  client.close();
  await expectLost();
  expect(Number(await createEvent(url, { capacity: 1 }))).toBeGreaterThan(Number(lostEventId));
}

function idOf(attempt: Attempt | undefined): number {
  if (attempt?.outcome.kind !== 'booked') throw new Error(`not booked: ${JSON.stringify(attempt)}`);
  return Number(attempt.outcome.id);
}

async function seen(url: string, id: number): Promise<object> {
  const { booking } = await graphqlData<{ booking: unknown }>(url, `{ booking(id: ${id}) { id } }`);
  const { errors } = await graphql(url, `mutation { cancelBooking(id: ${id}) { id } }`);
  return { read: booking, cancelled: errors?.[0]?.extensions.code };
}
