import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { type Container, createContainer } from '../../src/container.ts';
import { openDatabase } from '../../src/migrations/open-database.ts';
import { knownMigrations } from '../../src/migrations/schema.ts';
import type { Database } from '../../src/platform/database.ts';
import { BoxOfficeProcess } from '../support/boxoffice-process.ts';
import {
  createEmptyDatabase,
  type DatabaseKind,
  type TestDatabase,
  testPostgresUrl,
  testRedisUrl,
} from '../support/databases.ts';
import { eventually } from '../support/eventually.ts';
import { commandsOf } from '../support/operations-guide.ts';
import { rush, tally } from '../support/outcomes.ts';
import { queryPostgres } from '../support/query-database.ts';
import { temporaryFolder } from '../support/services/reap-when-orphaned.ts';
import { openShell } from '../support/shell.ts';

const BEFORE_THE_INDEXES = '20261125-finalization-attempts';
const BEFORE_THE_COLUMNS = '20261123-initial';
const LAST_ABOUT_INDEXES = '20261126-key-constraint';
const EARLIER = 50_000;
const BUYERS = 100;
const LIMIT_MS = 250;

/** As docs/operations.md has it. */
const [howFar] = commandsOf('While a migration runs', 'sql') as [string];
const WAITS_FOR_MIGRATOR = /another process migrates the database/g;
const WAITS_FOR_WRITER = /another process writes to the database, or migrates it/g;
const WAITS_FOR_TABLE = /a transaction holds a table/g;

describe('on PostgreSQL,', () => {
  let database: OlderDatabase;
  let seller: Container;
  let reader: Database;
  let letGo: () => Promise<void>;
  const started: BoxOfficeProcess[] = [];

  const query = <Row extends object>(sql: string) => queryPostgres<Row>(database.url, sql);
  const invalid = () => query('select from pg_index where not indisvalid');
  const building = () =>
    query<{ pid: number }>(`select pid from pg_stat_activity
      where query like 'create index concurrently%' and state = 'active' and wait_event = 'virtualxid'
        and clock_timestamp() - query_start > interval '${2 * LIMIT_MS} ms'`);
  const command = (...args: string[]) => {
    const env = { DATABASE_URL: database.url, REDIS_URL: testRedisUrl(), REDIS_PREFIX: randomBytes(6).toString('hex') };
    const process = new BoxOfficeProcess(args, env);
    started.push(process);
    return process;
  };
  /** Somebody who began to read before the migration, as `verify` and `pg_dump` do. Whatever builds an index waits for him. */
  const readOn = async () => {
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    const { promise: reading, resolve: begun } = Promise.withResolvers<void>();
    const read = reader.snapshot(async (tx) => {
      await tx.execute('select 1 from bookings limit 1');
      begun();
      await gate;
    });
    await reading;
    letGo = () => {
      open();
      return read;
    };
  };
  const open = async (last: string) => {
    database = await createOlderDatabase('postgresql', last);
    if (last === BEFORE_THE_INDEXES) database = await withColumnsOfToday(database);
    const config = readConfig({ DATABASE_URL: database.url, LOG_LEVEL: 'silent' });
    reader = await openDatabase(config.database, { patient: true });
    seller = await createContainer(config);
    const name = new URL(database.url).pathname.slice(1);
    for (const setting of ['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout']) {
      await queryPostgres(testPostgresUrl(), `alter database ${name} set ${setting} = ${LIMIT_MS}`);
    }
  };
  const seed = async () => {
    const { id: eventId } = await seller.createEvent({ title: 'Concert', capacity: 1_000_000 });
    await reader.em().execute(`
      insert into bookings (reference, event_id, user_id, quantity, status, fingerprint, version, created_at, updated_at)
      select 'earlier-' || i, ${eventId}, 'buyer-' || i, 1, 'CANCELLED', '', 2, now(), now()
      from generate_series(1, ${EARLIER}) as rows(i)`);
    return eventId;
  };
  afterEach(async () => {
    await letGo();
    for (const process of started.splice(0)) if (process.exit === null) await process.kill();
    await seller.close();
    await reader.close();
    await database.remove();
  });

  test('bookings go on while an index is built, whatever the time limits of the database; who starts meanwhile waits', async () => {
    await open(BEFORE_THE_INDEXES);
    const eventId = await seed();
    await readOn();
    const api = command('api', '--migrate');
    await eventually(async () => expect(await building()).toHaveLength(1));
    const worker = command('worker', '--migrate');
    const migrate = command('migrate');
    await eventually(() => {
      expect(worker.stdout).toMatch(WAITS_FOR_MIGRATOR);
      expect(migrate.stderr).toMatch(WAITS_FOR_MIGRATOR);
    });
    expect(await query(howFar)).toMatchObject([{ phase: expect.stringMatching(/^waiting for /) }]);
    const outcomes = [];
    for (let i = 0; i < BUYERS; i++) outcomes.push(await seller.bookTicket({ eventId, userId: `new-${i}` }));
    outcomes.push(...(await rush(BUYERS, (i) => seller.bookTicket({ eventId, userId: `rush-${i}` }))));
    expect(tally(outcomes)).toEqual({ booked: 2 * BUYERS });
    expect(await building()).toHaveLength(1);

    await letGo();
    expect(await migrate.exited).toEqual({ code: 0, signal: null });
    await Promise.all([api.ready(), worker.ready()]);
    // Which of them applies what comes after the indexes is open.
    const applied = await query<{ name: string }>('select name from boxoffice_migrations');
    expect(applied.map(({ name }) => name).sort()).toEqual(knownMigrations('postgresql').toSorted());
    for (const waited of [worker.stdout, migrate.stderr]) expect(waited.match(WAITS_FOR_MIGRATOR)).toHaveLength(1);
    expect(await invalid()).toEqual([]);
  });

  test('the migrator after one that was killed waits for what PostgreSQL still builds, and builds again what was left half done', async () => {
    await open(BEFORE_THE_INDEXES);
    await seed();
    await readOn();
    const killed = command('migrate');
    const [build] = await eventually(async () => {
      const found = await building();
      expect(found).toHaveLength(1);
      return found;
    });
    await killed.kill();
    const next = command('migrate');
    await eventually(() => expect(next.stderr).toMatch(WAITS_FOR_MIGRATOR));
    expect(await building()).toEqual([build]);
    await queryPostgres(database.url, `select pg_terminate_backend(${build?.pid}, 5000)`);
    expect(await invalid()).toHaveLength(1);

    await letGo();
    expect(await next.exited).toEqual({ code: 0, signal: null });
    expect(next.stdout).toBe(`applied: ${database.lacks.join(', ')}\n`);
    expect(await invalid()).toEqual([]);
  });

  test('a migration that needs a table for itself lets those who sell pass, for as long as somebody reads it', async () => {
    await open(BEFORE_THE_COLUMNS);
    await readOn();
    const migrate = command('migrate');
    const sell = (id: number) =>
      seller.db.transaction('create-event', (tx) =>
        tx.execute(`with event as (insert into events (id, title, capacity, created_at) values (${id}, 'Concert', 1, now()) returning id)
          insert into bookings (reference, event_id, user_id, quantity, status, fingerprint, version, created_at, updated_at)
          select 'new-${id}', id, 'alice', 1, 'PENDING', '', 1, now(), now() from event`),
      );
    const waiting = () =>
      query(
        "select from pg_locks where relation = 'bookings'::regclass and mode = 'AccessExclusiveLock' and not granted",
      );
    for (const id of [1, 2]) {
      await eventually(async () => expect(await waiting()).toHaveLength(1), { intervalMs: 5 });
      await sell(id);
    }
    await letGo();
    expect(await migrate.exited).toEqual({ code: 0, signal: null });
    expect(migrate.stdout).toBe(`applied: ${database.lacks.join(', ')}\n`);
    expect(migrate.stderr.match(WAITS_FOR_TABLE)).toHaveLength(1);
  });
});

describe('on SQLite,', () => {
  let database: OlderDatabase;
  beforeEach(async () => {
    database = await createOlderDatabase('sqlite', BEFORE_THE_COLUMNS);
  });
  afterEach(() => database.remove());

  test('what docs/operations.md says of an upgrade and of the way back can be done as it stands there', async () => {
    const [backUp, upgrade, goBack, ...others] = commandsOf('Upgrade and roll-back');
    expect(others).toEqual([]);
    const folder = await temporaryFolder('upgrade');
    await mkdir(join(folder.path, 'backups'));
    const shell = await openShell(folder.path, { DATABASE_URL: database.url });
    await shell.run(backUp as string);
    expect(await shell.run(upgrade as string)).toBe(`applied: ${database.lacks.join(', ')}\nall promises hold\n`);
    await shell.run(goBack as string);
    expect(await shell.run('boxoffice migrate')).toBe(`applied: ${database.lacks.join(', ')}\n`);
    await folder.remove();
  });

  test('several that migrate wait for whoever writes, however long, say so once, and each migration is applied once', async () => {
    const writer = new DatabaseSync(database.url.replace('sqlite:', ''));
    writer.exec('begin immediate');
    const migrators = [1, 2].map(() => new BoxOfficeProcess(['migrate'], { DATABASE_URL: database.url }));
    await eventually(() => {
      for (const { stderr } of migrators) expect(stderr).toMatch(WAITS_FOR_WRITER);
    });
    writer.exec('rollback');
    writer.close();
    for (const { exited } of migrators) expect(await exited).toEqual({ code: 0, signal: null });
    const applied = migrators.map(({ stdout }) => stdout.match(/^applied: (.*)\n$/)?.[1]?.split(', ') ?? []);
    expect(applied.flat().sort()).toEqual(database.lacks.toSorted());
    for (const { stderr } of migrators) expect(stderr.match(WAITS_FOR_WRITER)).toHaveLength(1);
  });
});

interface OlderDatabase extends TestDatabase {
  /** The migrations that it lacks, in order. */
  readonly lacks: readonly string[];
}

/** A database as an earlier version left it. */
/** Those that the seller, who is of today, writes. They came after the indexes, and could as well have come before. */
async function withColumnsOfToday(database: OlderDatabase): Promise<OlderDatabase> {
  const { url, lacks } = database;
  const aboutIndexes = lacks.indexOf(LAST_ABOUT_INDEXES) + 1;
  const db = await openDatabase(readConfig({ DATABASE_URL: url }).database);
  // Each in a transaction of its own: an index is built by another connection, which waits for the tables of this one.
  for (const name of lacks.slice(aboutIndexes)) await db.orm.migrator.up({ migrations: [name] });
  await db.close();
  return { ...database, lacks: lacks.slice(0, aboutIndexes) };
}

async function createOlderDatabase(kind: DatabaseKind, last: string): Promise<OlderDatabase> {
  const created = await createEmptyDatabase(kind);
  const db = await openDatabase(readConfig({ DATABASE_URL: created.url }).database);
  await db.orm.migrator.up({ to: last });
  await db.close();
  const known = knownMigrations(kind);
  return { ...created, lacks: known.slice(known.indexOf(last) + 1) };
}
