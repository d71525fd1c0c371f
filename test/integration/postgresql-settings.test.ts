import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { createContainer } from '../../src/container.ts';
import { migrate } from '../../src/migrations/migrate.ts';
import { openDatabase } from '../../src/migrations/open-database.ts';
import type { ConnectOptions } from '../../src/platform/connect-options.ts';
import type { Database } from '../../src/platform/database.ts';
import { createMigratedPostgres, type TestDatabase, testPostgresUrl } from '../support/databases.ts';
import { bookingOf, rush } from '../support/outcomes.ts';
import { type Pgbouncer, startPgbouncer } from '../support/pgbouncer.ts';
import { type PostgresServer, startPostgresServer } from '../support/postgres-server.ts';
import { queryPostgres } from '../support/query-database.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';

const NAMES = [
  'lock_timeout',
  'statement_timeout',
  'idle_in_transaction_session_timeout',
  'transaction_isolation',
  'transaction_read_only',
];
const SHOWN = NAMES.map((name) => `current_setting('${name}') as ${name}`).join(', ');
const POOL_SIZE = 3;

describe.each(['directly', 'through PgBouncer'] as const)('on PostgreSQL, reached %s,', (way) => {
  let database: TestDatabase;
  let pgbouncer: Pgbouncer;
  let url: string;
  const opened: Database[] = [];
  beforeAll(async () => {
    database = await createMigratedPostgres();
    pgbouncer = await startPgbouncer(testPostgresUrl(), { poolSize: POOL_SIZE });
    url = way === 'directly' ? database.url : pgbouncer.through(database.url);
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((db) => db.close()));
  });
  afterAll(async () => {
    await pgbouncer.remove();
    await database.remove();
  });

  const open = async (options: ConnectOptions = {}) => {
    const db = await openDatabase(readConfig({ DATABASE_URL: url }).database, options);
    opened.push(db);
    return db;
  };
  /** As whoever runs the server may do. It counts for sessions that begin afterwards, so those of the pooler end. */
  const alter = async (setting: string, value: string) => {
    const name = new URL(database.url).pathname.slice(1);
    await queryPostgres(testPostgresUrl(), `alter database ${name} set ${setting} = '${value}'`);
    const sessions = `select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = '${name}'`;
    await queryPostgres(testPostgresUrl(), sessions);
  };

  test('a transaction has our bounds and isolation, whatever those of the database are', async () => {
    await alter('default_transaction_isolation', 'serializable');
    await alter('statement_timeout', '0');
    const db = await open();
    const [inside] = await db.transaction('create-event', (tx) => tx.execute(`select ${SHOWN}`));
    expect(inside).toEqual({
      lock_timeout: '1s',
      statement_timeout: '2s',
      idle_in_transaction_session_timeout: '2s',
      transaction_isolation: 'read committed',
      transaction_read_only: 'off',
    });
    const [snapshot] = await db.snapshot((tx) => tx.execute(`select ${SHOWN}`));
    expect(snapshot).toEqual({
      ...inside,
      transaction_isolation: 'repeatable read',
      transaction_read_only: 'on',
    });
    await alter('default_transaction_isolation', 'read committed');
  });

  test('a statement that takes too long is ended by the server', async () => {
    const db = await open();
    const sleeping = db.transaction('create-event', (tx) => tx.execute('select pg_sleep(20)'));
    await expect(sleeping).rejects.toMatchObject({ code: '57014' });
  });

  test.each([
    ['off', 'local'],
    ['local', 'local'],
    ['on', 'on'],
    ['remote_apply', 'remote_apply'],
  ])('a commit is on the disk before its answer: synchronous_commit %s becomes %s', async (theirs, ours) => {
    await alter('synchronous_commit', theirs);
    for (const patient of [false, true]) {
      const db = await open({ patient });
      const [inside] = await db.transaction('create-event', (tx) =>
        tx.execute(`select current_setting('synchronous_commit') as value`),
      );
      expect(inside).toEqual({ value: ours });
    }
    await alter('synchronous_commit', 'on');
  });

  test('a server on which a crash could lose what was sold is named at the start', async () => {
    await alter('synchronous_commit', 'off');
    const warnings: string[] = [];
    await open({ onWarning: (message) => void warnings.push(message) });
    await alter('synchronous_commit', 'on');
    // The PostgreSQL of the tests has no need to survive its machine.
    expect(warnings.map((line) => line.split(' ')[0])).toEqual(['fsync', 'full_page_writes', 'synchronous_commit']);
  });

  test('others who share the connections do not meet our settings', async () => {
    const db = await open();
    await rush(2 * POOL_SIZE, () => db.transaction('create-event', (tx) => tx.execute('select pg_sleep(0.05)')));
    const others = await rush(POOL_SIZE, () =>
      queryPostgres<{ pid: number }>(url, `select pg_backend_pid() as pid, ${SHOWN}, pg_sleep(0.2) is null as held`),
    );
    expect(new Set(others.map(([other]) => other?.pid)).size).toBe(POOL_SIZE);
    const defaults = { lock_timeout: '0', statement_timeout: '0', idle_in_transaction_session_timeout: '0' };
    for (const [other] of others) expect(other).toMatchObject(defaults);
  });
});

test('a connection whose answer did not come in time is closed, and the next question asked on another', async () => {
  const database = await createMigratedPostgres();
  const proxy = await startTcpProxy(database.url);
  const bounds = { DATABASE_STATEMENT_TIMEOUT_MS: '100', DATABASE_LOCK_TIMEOUT_MS: '50' };
  const db = await openDatabase(readConfig({ DATABASE_URL: proxy.through(database.url), ...bounds }).database);
  const answeredBy = async () => (await db.em().execute<{ pid: number }[]>('select pg_backend_pid() as pid'))[0]?.pid;
  const before = await answeredBy();
  expect(await answeredBy()).toBe(before);
  proxy.set({ kind: 'delay', ms: 1_500 });
  await expect(answeredBy()).rejects.toThrow('Query read timeout');
  proxy.set({ kind: 'pass' });
  expect(await answeredBy()).not.toBe(before);
  await db.close();
  await proxy.close();
  await database.remove();
});

describe('a PostgreSQL that answers a COMMIT before it is on the disk', () => {
  let postgres: PostgresServer;
  beforeAll(async () => {
    // The log is written by itself so seldom that a crash finds it unwritten.
    const settings = { synchronous_commit: 'off', wal_writer_delay: '10s', wal_writer_flush_after: '1GB' };
    postgres = await startPostgresServer({ settings });
  });
  afterAll(() => postgres.remove());

  test('crashes, and every booking that was answered is there; (control) what others were answered is not', async () => {
    const container = await createContainer(readConfig({ DATABASE_URL: postgres.url, LOG_LEVEL: 'silent' }));
    await migrate(container.db);
    const { id: eventId } = await container.createEvent({ title: 'Concert', capacity: 100 });
    await queryPostgres(postgres.url, 'create table control (id int)');
    const outcomes = await rush(20, (buyer) => container.bookTicket({ eventId, userId: `buyer-${buyer}` }));
    outcomes.push(await container.bookTicket({ eventId, userId: 'last' }));
    await queryPostgres(postgres.url, 'insert into control values (1)');
    await postgres.kill();
    await postgres.start();
    const references = await queryPostgres<{ reference: string }>(postgres.url, 'select reference from bookings');
    expect(references.map(({ reference }) => reference).sort()).toEqual(
      outcomes.map((outcome) => bookingOf(outcome).reference).sort(),
    );
    expect(await queryPostgres(postgres.url, 'select id from control')).toEqual([]);
    await container.close();
  });
});
