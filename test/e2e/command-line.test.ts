import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BoxOfficeProcess, runCommand } from '../support/boxoffice-process.ts';
import { createEmptyDatabase, testPostgresUrl } from '../support/databases.ts';
import { eventually } from '../support/eventually.ts';
import { queryPostgres, sqliteFile, tamperWith, urlOfDatabase } from '../support/query-database.ts';
import { createSetup } from '../support/setups.ts';

test('--help tells every command, and each command its own options', async () => {
  const program = await runCommand(['--help']);
  expect(program).toMatchObject({ code: 0, stderr: '' });
  const [, list = ''] = program.stdout.split('Commands:\n');
  const commands = [...list.matchAll(/^ {2}([\w-]+) .*\w/gm)]
    .map(([, name = '']) => name)
    .filter((name) => name !== 'help');
  expect(commands).toEqual(
    expect.arrayContaining(['serve', 'api', 'worker', 'migrate', 'verify', 'backup', 'restore', 'raise-ids']),
  );

  const results = await Promise.all(commands.map((command) => runCommand([command, '--help'])));
  results.forEach((result, i) => {
    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(result.stdout).toMatch(new RegExp(`^Usage: boxoffice ${commands[i]} `));
  });
});

test('--version says the one of package.json, as openapi.json does', async () => {
  const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));
  expect(await runCommand(['--version'])).toMatchObject({ code: 0, stdout: `${version}\n` });
  const openApi = JSON.parse(await readFile(new URL('../../schema/openapi.json', import.meta.url), 'utf8'));
  expect(openApi.info.version).toBe(version);
});

test('a start that a person watches is three lines: the addresses, the database, who may do what', async () => {
  const { env, remove } = await createSetup('embedded');
  const office = new BoxOfficeProcess(['serve'], { ...env, LOG_LEVEL: 'info' }, { watched: true });
  const lines = () => office.stdout.split('\r\n').slice(0, -1);
  try {
    await eventually(() => expect(lines()).toHaveLength(3));
    const [addresses = '', database, permissions] = lines();
    expect(addresses).toMatch(
      /^Box Office \d+\.\d+\.\d+ is open: http:\/\/127\.0\.0\.1:\d+\/, GraphiQL at \/graphiql, REST at \/docs/,
    );
    expect(database).toBe(`Everything is kept in the file ${env['DATABASE_URL']?.slice('sqlite:'.length)}.`);
    expect(permissions).toBe('Whoever reaches this address may do everything (AUTH_MODE=off).');
    const url = /http\S+\//.exec(addresses)?.[0] ?? '';
    for (const path of ['', 'graphiql', 'docs', 'metrics']) expect((await fetch(url + path)).status).toBe(200);
  } finally {
    expect(await office.stop()).toMatchObject({ code: 0 });
    await remove();
  }
});

describe('sqlite', () => {
  let setup: { readonly env: Readonly<Record<string, string>>; remove(): Promise<void> };
  beforeEach(async () => {
    const { url: DATABASE_URL, remove } = await createEmptyDatabase('sqlite');
    setup = { env: { DATABASE_URL }, remove };
  });
  afterEach(() => setup.remove());

  test('migrate applies what is missing, and then has nothing to apply', async () => {
    expect(await runCommand(['migrate'], setup.env)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^applied: .*initial/),
      stderr: '',
    });
    expect(await runCommand(['migrate'], setup.env)).toMatchObject({
      code: 0,
      stdout: 'nothing to apply\n',
      stderr: '',
    });
  });

  test('two migrate at once: each migration is applied once, and both succeed', () => migrateTwiceAtOnce(setup.env));

  test('verify exits with 0 while all promises hold, and with 1 and the rows when one does not', async () => {
    await runCommand(['migrate'], setup.env);
    expect(await runCommand(['verify'], setup.env)).toMatchObject({
      code: 0,
      stdout: 'all promises hold\n',
      stderr: '',
    });

    tamperWith(
      sqliteFile(setup.env),
      `insert into events (title, capacity, booked_count, finalized_count, max_per_booking, status, version, created_at)
       values ('Concert', 10, 0, 0, 10, 'ON_SALE', 1, 0), ('Play', 10, 7, 0, 10, 'ON_SALE', 1, 0)`,
    );
    const { code, stdout, stderr } = await runCommand(['verify'], setup.env);
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout).toMatch(/^BROKEN booked_count .*: event 2$/m);
    expect(stdout).not.toContain('event 1');
    expect(stdout).not.toContain('all promises hold');
  });

  test('verify calls what is no database malformed, in one line', async () => {
    await writeFile(sqliteFile(setup.env), 'x'.repeat(5_000));
    expect(await runCommand(['verify'], setup.env)).toMatchObject({
      code: 1,
      stdout: '',
      stderr: 'boxoffice: the database is malformed, restore a backup: file is not a database\n',
    });
  });
});

test('postgresql: two migrate at once: each migration is applied once, and both succeed', async () => {
  const name = `empty_${randomBytes(4).toString('hex')}`;
  await queryPostgres(testPostgresUrl(), `create database ${name}`);
  try {
    await migrateTwiceAtOnce({ DATABASE_URL: urlOfDatabase(testPostgresUrl(), name) });
  } finally {
    await queryPostgres(testPostgresUrl(), `drop database ${name} with (force)`);
  }
});

async function migrateTwiceAtOnce(env: Readonly<Record<string, string>>): Promise<void> {
  const both = await Promise.all([runCommand(['migrate'], env), runCommand(['migrate'], env)]);
  for (const { code, stderr } of both) {
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: expect.stringMatching(/^(boxoffice: (another process|applying) .*\n)*$/),
    });
  }
  const applied = both.flatMap(({ stdout }) => stdout.match(/(?<=^applied: |, )[^,\n]+/gm) ?? []);
  expect(applied).toContain('20261126-booking-filters');
  expect(new Set(applied).size).toBe(applied.length);
  expect(await runCommand(['migrate'], env)).toMatchObject({ code: 0, stdout: 'nothing to apply\n', stderr: '' });
}
