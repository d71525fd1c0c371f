import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBoxOffice } from '../support/box-office.ts';
import { type BoxOfficeProcess, WARN } from '../support/boxoffice-process.ts';
import { eventually } from '../support/eventually.ts';
import { Fleet } from '../support/fleet.ts';
import { allFinalized, bookTicket, createEvent, statsOf } from '../support/graphql-client.ts';
import { guideBlocks } from '../support/operations-guide.ts';
import { bookingOf } from '../support/outcomes.ts';
import { type PostgresServer, startPostgresServer } from '../support/postgres-server.ts';
import { queryPostgres, tamperWith } from '../support/query-database.ts';
import { type RedisServer, startRedisServer } from '../support/redis-server.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/services/reap-when-orphaned.ts';
import { openShell } from '../support/shell.ts';

const SETTINGS = 'Settings of PostgreSQL, Redis and SQLite';
/** In their order; each block of commands in them is run. */
const RUN_HERE = ['systemd', 'Probes', SETTINGS, 'Runbooks', 'Verify and reconcile', 'Old events', 'Personal data'];
/** What is logged when an event was deleted that was sold a moment ago. */
const EVENT_IS_GONE = 'a group of bookings failed, trying once more';

function blocksOf(language: string, sections: readonly string[] = RUN_HERE): string[] {
  return guideBlocks()
    .filter((block) => block.language === language && sections.includes(block.section))
    .map(({ text }) => text);
}

/** The lines of a configuration file, without its comments. */
function settingsOf(heading: string): string[] {
  const [block] = guideBlocks().filter((one) => one.heading === heading && one.language === 'ini');
  if (!block) throw new Error(`docs/operations.md has no settings under "${heading}"`);
  return block.text.split('\n').filter((line) => /^\w/.test(line));
}

describe('with PostgreSQL and Redis as the guide has them', () => {
  let folder: TemporaryFolder;
  let postgres: PostgresServer;
  let redis: RedisServer;
  let fleet: Fleet;
  let office: BoxOfficeProcess;
  beforeAll(async () => {
    folder = await temporaryFolder('guide');
    const settings = Object.fromEntries(settingsOf("PostgreSQL's settings").map((line) => line.split(' = ')));
    const args = settingsOf("Redis' settings").flatMap((line) => [`--${line.split(' ')[0]}`, `${line.split(' ')[1]}`]);
    [postgres, redis] = await Promise.all([startPostgresServer({ settings }), startRedisServer({ args })]);
    fleet = new Fleet({ DATABASE_URL: postgres.url, REDIS_URL: redis.url }, async () => {
      await Promise.all([postgres.remove(), redis.remove(), folder.remove()]);
    });
    office = await fleet.start('serve');
  });
  afterAll(async () => {
    await Promise.all(fleet.processes.map((running) => running.kill()));
    await fleet.remove();
  });

  test('every command works as it stands there, nothing warns, and an old event can be deleted', async () => {
    const eventId = await createEvent(office.url, { capacity: 2 });
    expect(eventId).toBe('1');
    const order = { eventId, userId: 'alice', idempotencyKey: 'order-7' };
    await bookTicket(office.url, order);
    await allFinalized(office.url, eventId);
    for (const sql of blocksOf('sql')) await queryPostgres(postgres.url, sql);
    expect(await statsOf(office.url, eventId)).toBeNull();
    expect(await bookTicket(office.url, order)).toMatchObject({ code: 'EVENT_NOT_FOUND' });

    await writeFile(join(folder.path, 'database-url'), postgres.url);
    const shell = await openShell(folder.path, { REDIS_URL: redis.url });
    const commands = blocksOf('sh').join('').replaceAll('http://127.0.0.1:8000', office.url);
    const output = await shell.run(commands.replaceAll('/etc/boxoffice', folder.path));
    for (const expected of [
      'nothing to apply\n',
      '{"status":"ok","checks":{"database":"ok","redis":"ok"}}',
      'boxoffice_dependency_up{dependency="database"} 1\n',
      '0 PENDING bookings are due now',
      /^ey[\w.-]+$/m,
      'all promises hold\n',
      'nothing was changed; --apply does it\n',
      '0 bookings no longer say whose they are; 0 had a name, 0 an e-mail address, 0 an idempotency key\n' +
        '0 entries of waiting lists no longer say whose they are\n',
    ]) {
      expect(output).toMatch(expected);
    }
    const warnings = fleet.processes.flatMap(({ logs }) => logs.filter(({ level }) => level >= WARN));
    const told = warnings.map(({ msg }) => msg).filter((msg) => msg !== EVENT_IS_GONE);
    expect(told).toEqual(['AUTH_MODE is off: whoever reaches this port may do everything']);
  });
});

test('the statements that are not for PostgreSQL alone work on SQLite too, and leave it sound', async () => {
  const office = await openBoxOffice('embedded');
  const { container } = office;
  const { id: eventId } = await container.createEvent({ title: 'Concert', capacity: 1 });
  const order = { eventId, userId: 'alice', quantity: 1, idempotencyKey: 'order-7' };
  const { id } = bookingOf(await container.bookTicket(order));
  await eventually(async () => expect((await container.bookings.find(id))?.status).toBe('FINALIZED'));
  const statements = blocksOf('sql').filter((sql) => !/pg_|alter table/.test(sql));
  expect(statements).toHaveLength(3);
  const [main] = await container.db.em().execute<{ file: string }[]>('pragma database_list');
  for (const sql of statements) tamperWith(String(main?.file), sql);
  expect(await container.events.find(eventId)).toBeNull();
  expect(await container.bookTicket(order)).toMatchObject({ code: 'EVENT_NOT_FOUND' });
  await office.close();
});
