import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { openDatabase } from '../../src/migrations/open-database.ts';
import { BookingLoad, tally } from '../support/booking-client.ts';
import { type CommandResult, runCommand } from '../support/boxoffice-process.ts';
import { migrateUrl, testRedisUrl } from '../support/databases.ts';
import { eventually } from '../support/eventually.ts';
import { ERROR, expectNothingLost, expectTwoLines } from '../support/fault-expectations.ts';
import { Fleet, openFleet } from '../support/fleet.ts';
import { allFinalized, bookingsOf, bookTicket, createEvent } from '../support/graphql-client.ts';
import { type PostgresServer, startPostgresServer } from '../support/postgres-server.ts';
import { queryPostgres, urlOfDatabase } from '../support/query-database.ts';
import { allWell, readyz } from '../support/readiness.ts';
import { type RedisServer, startRedisServer } from '../support/redis-server.ts';
import { unprivilegedUser } from '../support/services/programs.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/services/reap-when-orphaned.ts';
import { freePort } from '../support/services/server-process.ts';

function expectOneLine({ code, stdout, stderr }: CommandResult, pattern: RegExp): void {
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(pattern) });
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  expectNoStack(stdout);
}

function expectNoStack(output: string): void {
  expect(output).not.toMatch(/^\s+at |\\n\s+at /m);
}

describe('with a wrong command or configuration,', () => {
  test.each([
    [['sell'], /^error: unknown command 'sell'\n/],
    [['serve', '--fast'], /^error: unknown option '--fast'\n/],
    [['migrate', 'now'], /^error: too many arguments/],
    [['reconcile', '--dry-run', '--apply'], /^error: option '--dry-run' cannot be used with option '--apply'\n/],
  ])('boxoffice %j ends with 1 and says what is wrong', async (args, pattern) => {
    const { code, stdout, stderr } = await runCommand(args);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(pattern) });
    expectNoStack(stdout + stderr);
  });

  test('a start lists every bad variable at once', async () => {
    const { code, stdout, stderr } = await runCommand(['serve'], {
      PORT: 'http',
      DATABASE_URL: 'mysql://root@127.0.0.1/tickets',
      REDIS_URL: '127.0.0.1:6379',
      LOG_LEVEL: 'loud',
      ISSUANCE_DELAY_MS: '-1',
    });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr.trimEnd().split('\n')).toEqual([
      'Invalid configuration:',
      expect.stringMatching(/^ {2}PORT: /),
      expect.stringMatching(/^ {2}DATABASE_URL: must be sqlite:<file> or postgresql:/),
      expect.stringMatching(/^ {2}REDIS_URL: /),
      expect.stringMatching(/^ {2}LOG_LEVEL: /),
      expect.stringMatching(/^ {2}ISSUANCE_DELAY_MS: /),
    ]);
  });

  test.each(['api', 'worker'])('boxoffice %s without REDIS_URL ends with 1 and says what is wrong', async (role) => {
    const { code, stdout, stderr } = await runCommand([role]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^Invalid configuration:\n {2}REDIS_URL: is needed by "boxoffice \w+".*\n$/);
  });
});

describe('a start ends with 1 and one line', () => {
  let folder: TemporaryFolder;
  beforeAll(async () => {
    folder = await temporaryFolder('surroundings');
    await writeFile(join(folder.path, 'letter.txt'), 'Dear reader, this is no database. '.repeat(200));
    await mkdir(join(folder.path, 'folder.db'));
  });
  afterAll(() => folder.remove());
  const sqlite = (...path: string[]) => ({ DATABASE_URL: `sqlite:${join(folder.path, ...path)}` });

  test('when the file of SQLite would be below a regular file', async () => {
    expectOneLine(
      await runCommand(['serve'], sqlite('letter.txt', 'data', 'boxoffice.db')),
      /^boxoffice: DATABASE_URL: .*letter\.txt/,
    );
  });

  test('when the file of SQLite would be in a folder that cannot be made', async () => {
    const env = { DATABASE_URL: 'sqlite:/sys/boxoffice/boxoffice.db' };
    expectOneLine(await runCommand(['serve'], env), /^boxoffice: DATABASE_URL: .*\/sys/);
  });

  test('when the file of SQLite is a folder', async () => {
    expectOneLine(
      await runCommand(['serve'], sqlite('folder.db')),
      /^boxoffice: DATABASE_URL: .*(database|directory|folder)/,
    );
  });

  test('when serve finds a file that is not a database, which verify calls malformed', async () => {
    expectOneLine(await runCommand(['serve'], sqlite('letter.txt')), /^boxoffice: DATABASE_URL: .*not a database/);
    expectOneLine(await runCommand(['verify'], sqlite('letter.txt')), /^boxoffice: .*malformed.*not a database/);
  });

  test.each(['api', 'serve'])('that says what to do when %s finds a new file and Redis', async (role) => {
    const env = { ...sqlite('unmigrated.db'), REDIS_URL: testRedisUrl() };
    const said = /^boxoffice: .*not migrated: run "boxoffice migrate" first, or start .* with --migrate\n$/;
    expectOneLine(await runCommand([role], env), said);
  });

  test('when verify finds a database that was not migrated', async () => {
    expectOneLine(await runCommand(['verify'], sqlite('unmigrated.db')), /^boxoffice: /);
  });

  test('when any command finds a database that a newer boxoffice has migrated', async () => {
    const env = { ...sqlite('newer.db'), REDIS_URL: testRedisUrl() };
    await migrateUrl(env.DATABASE_URL);
    const db = await openDatabase(readConfig(env).database);
    await db.em().execute("insert into boxoffice_migrations (name) values ('20991231-later')");
    await db.close();
    const commands = ['serve', 'serve --migrate', 'worker', 'migrate', 'verify', 'reconcile --apply'];
    const results = await Promise.all(commands.map((command) => runCommand(command.split(' '), env)));
    for (const result of results) expectOneLine(result, /^boxoffice: the database is newer.*20991231-later/);
  });

  test('when its port is in use', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    const port = await eventually(() => (taken.address() as AddressInfo).port);
    expectOneLine(
      await runCommand(['serve'], { ...sqlite('port.db'), PORT: `${port}` }),
      new RegExp(`^boxoffice: PORT: .*in use.*${port}`),
    );
    taken.close();
  });

  test('when this machine does not have its address', async () => {
    expectOneLine(
      await runCommand(['serve'], { ...sqlite('host.db'), HOST: '192.0.2.1' }),
      /^boxoffice: HOST: .*192\.0/,
    );
  });

  test.each(['127.0.0.1', 'localhost'])('when there is no PostgreSQL at %s', async (host) => {
    const port = await freePort();
    const env = { DATABASE_URL: `postgresql://tickets:secret@${host}:${port}/tickets`, REDIS_URL: testRedisUrl() };
    const result = await runCommand(['api'], env);
    expectOneLine(result, new RegExp(`^boxoffice: DATABASE_URL: .*${port}`));
    expect(result.stderr).not.toContain('secret');
  });
});

describe('a PostgreSQL', () => {
  let postgres: PostgresServer;
  let folder: TemporaryFolder;
  beforeAll(async () => {
    folder = await temporaryFolder('hba', await unprivilegedUser());
    const hba = join(folder.path, 'pg_hba.conf');
    const rules = ['host all guest 127.0.0.1/32 scram-sha-256', 'host all all 127.0.0.1/32 trust'];
    await writeFile(hba, `${rules.join('\n')}\n`, { mode: 0o644 });
    postgres = await startPostgresServer({ settings: { hba_file: hba } });
    await queryPostgres(postgres.url, `create role guest login password 'right'`);
  });
  afterAll(async () => {
    await postgres.remove();
    await folder.remove();
  });

  test('that is given a wrong password ends the start with 1 and one line', async () => {
    const url = new URL(postgres.url);
    Object.assign(url, { username: 'guest', password: 'wr0ng' });
    const result = await runCommand(['migrate'], { DATABASE_URL: url.href });
    expectOneLine(result, /^boxoffice: DATABASE_URL: .*password authentication failed/);
    expect(result.stderr).not.toContain('wr0ng');
  });

  test.each(['migrate', 'serve'])(
    'that does not know the database ends %s with 1 and one line; it is not created',
    async (command) => {
      const result = await runCommand([command], { DATABASE_URL: urlOfDatabase(postgres.url, 'mistyped') });
      expectOneLine(result, /^boxoffice: DATABASE_URL: .*"mistyped" does not exist/);
      expect(await queryPostgres(postgres.url, `select 1 from pg_database where datname = 'mistyped'`)).toEqual([]);
    },
  );

  test('that crashes under load costs retryable errors within 5 s and two lines of each process, and all is well within 10 s', async () => {
    await queryPostgres(postgres.url, 'create database tickets');
    const env = {
      DATABASE_URL: urlOfDatabase(postgres.url, 'tickets'),
      REDIS_URL: testRedisUrl(),
      REDIS_PREFIX: `test-${randomBytes(6).toString('hex')}`,
    };
    const fleet = new Fleet(env, async () => {});
    const [api, worker] = await Promise.all([fleet.start('api'), fleet.start('worker')]);
    const eventId = await createEvent(api.url, { capacity: 100_000 });
    const load = new BookingLoad([api.url], eventId);
    await eventually(() => load.booked.length >= 100);
    const printed = [api, worker].map(({ stdout }) => stdout.length) as [number, number];
    await postgres.kill();
    const stoppedAt = performance.now();
    await eventually(() => load.attempts.filter(({ startedAt }) => startedAt > stoppedAt).length >= 40, {
      timeoutMs: 20_000,
    });
    await postgres.start();
    const startedAt = performance.now();
    await eventually(() => load.booked.some((attempt) => attempt.startedAt > startedAt), { timeoutMs: 10_000 });
    const attempts = await load.stop();

    const { booked, SERVICE_UNAVAILABLE, ...others } = tally(attempts);
    expect(others).toEqual({});
    expect(booked).toBeGreaterThan(100);
    expect(SERVICE_UNAVAILABLE).toBeGreaterThanOrEqual(40);
    expect(Math.max(...attempts.map((attempt) => attempt.endedAt - attempt.startedAt))).toBeLessThan(5_000);
    for (const process of fleet.processes) expect(process.exit).toBeNull();
    await expectNothingLost(api.url, eventId, attempts);
    await allFinalized(api.url, eventId, 45_000);
    const away = { name: 'postgresql', level: ERROR };
    const { requests, bookings } = await expectTwoLines(api, printed[0], away);
    expect(bookings).toBe(requests);
    expect(requests).toBeGreaterThanOrEqual(40);
    expect(requests).toBeLessThanOrEqual(SERVICE_UNAVAILABLE as number);
    await expectTwoLines(worker, printed[1], away);
    await fleet.close();
  });
});

describe('a Redis', () => {
  let redis: RedisServer;
  let fleet: Fleet;
  afterEach(async () => {
    await fleet.close();
    await redis.remove();
  });

  test('that is down at the start is sold without, and when it comes up the booking is finalized', async () => {
    redis = await startRedisServer();
    await redis.stop();
    fleet = await openFleet('postgresql + redis', { redisUrl: redis.url });
    const [{ url }] = await Promise.all([fleet.start('api'), fleet.start('worker')]);
    expect((await fetch(`${url}/livez`)).status).toBe(200);
    const withoutRedis = { httpStatus: 200, checks: { database: 'ok', redis: 'unavailable' } };
    for (const process of fleet.processes) expect(await readyz(process.url)).toMatchObject(withoutRedis);
    for (const process of fleet.processes) {
      expect(process.logged('redis is away, going on without it')).toMatchObject([{ variable: 'REDIS_URL' }]);
    }

    const eventId = await createEvent(url, { capacity: 1 });
    expect(await bookTicket(url, { eventId })).toMatchObject({ __typename: 'Booking', status: 'PENDING' });
    expect(await bookTicket(url, { eventId })).toMatchObject({ code: 'SOLD_OUT', availableCount: 0 });
    expect([...(await bookingsOf(url, eventId)).values()]).toMatchObject([{ status: 'PENDING' }]);

    await redis.start();
    await eventually(() => allWell(url), { timeoutMs: 10_000 });
    await allFinalized(url, eventId);
  });

  test('that dies and comes back empty holds up no booking: two lines tell of it, and all are finalized', async () => {
    redis = await startRedisServer();
    fleet = await openFleet('postgresql + redis', { redisUrl: redis.url });
    const [api, worker] = await Promise.all([fleet.start('api'), fleet.start('worker')]);
    const eventId = await createEvent(api.url, { capacity: 100_000 });
    const load = new BookingLoad([api.url], eventId);
    await eventually(() => load.booked.length >= 50);

    const printed = [api, worker].map(({ stdout }) => stdout.length) as [number, number];
    await redis.kill();
    const diedAt = performance.now();
    const bookedWithout = () => load.booked.filter(({ startedAt }) => startedAt > diedAt).length;
    await eventually(() => bookedWithout() >= 100 && performance.now() - diedAt > 4_000, { timeoutMs: 15_000 });
    await redis.start();
    await eventually(() => allWell(api.url), { timeoutMs: 10_000 });
    const attempts = await load.stop();

    expect(Object.keys(tally(attempts))).toEqual(['booked']);
    await allFinalized(api.url, eventId);
    await expectNothingLost(api.url, eventId, attempts);
    const back = await expectTwoLines(api, printed[0], { name: 'redis' });
    expect(back['bookingsWithoutJob']).toBeGreaterThanOrEqual(100);
    expect(back['groupsWithoutLock']).toBeGreaterThanOrEqual(1);
    await expectTwoLines(worker, printed[1], { name: 'redis' });
  });
});
