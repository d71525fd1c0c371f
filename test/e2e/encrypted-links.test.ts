import { execFile } from 'node:child_process';
import { chown, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BoxOfficeProcess, runCommand } from '../support/boxoffice-process.ts';
import { Fleet } from '../support/fleet.ts';
import { allFinalized, bookTicket, createEvent } from '../support/graphql-client.ts';
import { commandsOf } from '../support/operations-guide.ts';
import { type PostgresServer, startPostgresServer } from '../support/postgres-server.ts';
import { queryPostgres, urlOfDatabase } from '../support/query-database.ts';
import { type RedisServer, startRedisServer } from '../support/redis-server.ts';
import { opensslProgram, unprivilegedUser } from '../support/services/programs.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/services/reap-when-orphaned.ts';
import { freePort } from '../support/services/server-process.ts';

const run = promisify(execFile);
const PROGRAM = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
/** Whoever is not the test itself comes over TLS and with a password. */
const RULES = 'hostnossl all postgres 127.0.0.1/32 trust\nhostssl all all 127.0.0.1/32 scram-sha-256\n';

/** What docs/operations.md calls /etc/boxoffice. */
let folder: TemporaryFolder;
let postgres: PostgresServer;
let redis: RedisServer;
let fleet: Fleet;
let api: BoxOfficeProcess;

const path = (name: string) => join(folder.path, name);

function databaseUrl(parameters: string, password = ':password'): string {
  return `postgresql://boxoffice${password}@localhost:${new URL(postgres.url).port}/boxoffice?${parameters}`;
}

/** Runs the commands of these sections of docs/operations.md in one shell, with the hosts and folders of this test. */
async function asInTheGuide(...sections: string[]): Promise<string> {
  const commands = sections.flatMap((section) => commandsOf(section, 'sh'));
  expect(commands.length).toBeGreaterThan(0);
  const here = [
    ['db.example:5432', () => `localhost:${new URL(postgres.url).port}`],
    ['cache.example:6379', () => `localhost:${redis.port}`],
    ['db.example', () => 'localhost'],
    ['cache.example', () => 'localhost'],
    ['/etc/boxoffice', () => folder.path],
  ] as const;
  const script = here.reduce((text, [there, place]) => text.replaceAll(there, place), commands.join(''));
  const { stdout, stderr } = await run('bash', ['-euo', 'pipefail', '-c', script], {
    cwd: folder.path,
    env: { PATH: [path('bin'), dirname(await opensslProgram()), process.env.PATH].join(':') },
  });
  return stdout + stderr;
}

interface Session {
  readonly name: string;
  readonly ssl: boolean;
}

describe('with a PostgreSQL and a Redis that are only reached over TLS,', () => {
  beforeAll(async () => {
    const user = await unprivilegedUser();
    folder = await temporaryFolder('encrypted', user);
    await mkdir(join(folder.path, 'bin'));
    await writeFile(
      join(folder.path, 'bin', 'boxoffice'),
      `#!/bin/sh\nexec '${process.execPath}' '${PROGRAM}' "$@"\n`,
      {
        mode: 0o755,
      },
    );
    await asInTheGuide('Certificates of your own');
    await writeFile(path('pg_hba.conf'), RULES, { mode: 0o644 });
    if (user) await chown(path('localhost.key'), user.uid, user.gid);

    const files = { ssl_cert_file: path('localhost.crt'), ssl_key_file: path('localhost.key') };
    postgres = await startPostgresServer({ settings: { ssl: 'on', hba_file: path('pg_hba.conf'), ...files } });
    await queryPostgres(postgres.url, `create role boxoffice login password 'password'`);
    await queryPostgres(postgres.url, 'create database boxoffice owner boxoffice');
    const port = await freePort();
    const tls = ['--tls-port', `${port}`, '--tls-auth-clients', 'no', '--tls-ca-cert-file', path('ca.crt')];
    const shown = ['--tls-cert-file', path('localhost.crt'), '--tls-key-file', path('localhost.key')];
    redis = await startRedisServer({ port, args: ['--port', '0', '--requirepass', 'password', ...tls, ...shown] });

    fleet = new Fleet(
      {
        DATABASE_URL: databaseUrl(`sslmode=verify-full&sslrootcert=${path('ca.crt')}`),
        REDIS_URL: `rediss://:password@localhost:${port}`,
        REDIS_LOCK_URLS: `rediss://:password@localhost:${port}/1`,
        REDIS_TLS_CA_FILE: path('ca.crt'),
      },
      async () => {
        await Promise.all([postgres.remove(), redis.remove(), folder.remove()]);
      },
    );
    [api] = await Promise.all([fleet.start('api'), fleet.start('worker')]);
  });
  afterAll(() => fleet.close());

  test('an API and a worker sell and finalize, and none of their connections is in plain text', async () => {
    const eventId = await createEvent(api.url, { capacity: 2 });
    expect(await bookTicket(api.url, { eventId })).toMatchObject({ __typename: 'Booking' });
    await allFinalized(api.url, eventId);
    expect((await fetch(`${api.url}/readyz`)).status).toBe(200);

    const sessions = await queryPostgres<Session>(
      urlOfDatabase(postgres.url, 'boxoffice'),
      `select application_name as name, ssl from pg_stat_ssl join pg_stat_activity using (pid) where usename = 'boxoffice'`,
    );
    expect(new Set(sessions.map(({ name }) => name)).size).toBe(2);
    expect(sessions.filter(({ ssl }) => !ssl)).toEqual([]);
    for (const { logs } of fleet.processes) {
      expect(logs.filter(({ msg }) => msg.startsWith('redis is away'))).toEqual([]);
    }
  });

  test('the commands of docs/operations.md for TLS and secrets work as they are written', async () => {
    const output = await asInTheGuide('TLS to PostgreSQL', 'TLS to Redis', 'Secrets');
    expect(output).toContain('nothing to apply\n');
    expect(output).toContain(' PENDING bookings');
    expect(output).toContain('all promises hold\n');
    expect(output).not.toContain('is away');
    expect(output).not.toContain('boxoffice:');

    const [question = ''] = commandsOf('TLS to PostgreSQL', 'sql');
    const rows = await queryPostgres<{ application_name: string; ssl: boolean }>(postgres.url, question);
    expect(rows.length).toBeGreaterThanOrEqual(2);
    for (const row of rows) {
      expect(row).toMatchObject({ application_name: expect.stringMatching(/^boxoffice pool=10 \d+@/), ssl: true });
    }
  });

  test('a public authority is one that Node trusts', async () => {
    const env = { DATABASE_URL: databaseUrl('sslrootcert=system') };
    expect(await runCommand(['verify'], env)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^boxoffice: DATABASE_URL: PostgreSQL at localhost:\d+: .*certificate.*\n$/),
    });
    const trusting = { ...env, NODE_EXTRA_CA_CERTS: path('ca.crt') };
    expect(await runCommand(['verify'], trusting)).toMatchObject({
      code: 0,
      stdout: 'all promises hold\n',
      stderr: '',
    });
  });

  test('what the drivers would read of the environment changes nothing, and is warned about', async () => {
    const libpq = {
      ...{ PGHOST: 'nowhere.invalid', PGPORT: '1', PGUSER: 'nobody', PGDATABASE: 'nothing', PGPASSWORD: 'wrong' },
      ...{ PGSSLMODE: 'disable', PGOPTIONS: '-c nonsense=1', PGAPPNAME: 'somebody', PGCONNECT_TIMEOUT: '1' },
    };
    const mikroOrm = {
      MIKRO_ORM_HOST: 'nowhere.invalid',
      MIKRO_ORM_USER: 'nobody',
      MIKRO_ORM_PASSWORD: 'wrong',
      MIKRO_ORM_SCHEMA: 'nowhere',
    };
    const env = { ...fleet.env, ...libpq, ...mikroOrm, PGSSLNEGOTIATION: 'direct' };
    const { code, stdout, stderr } = await runCommand(['verify'], env);
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'all promises hold\n' });
    const warned = stderr.match(/(?<=^boxoffice: )\w+(?=: is not read; )/gm);
    expect(warned?.sort()).toEqual([...Object.keys(libpq), 'PGSSLNEGOTIATION'].sort());
  });

  test('a password that is asked for and not in the URL is missing, wherever else there is one', async () => {
    const env = { DATABASE_URL: databaseUrl('sslmode=require', ''), PGPASSWORD: 'password' };
    const { code, stderr } = await runCommand(['verify'], env);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /\nboxoffice: DATABASE_URL: PostgreSQL at localhost:\d+: PostgreSQL asks for a password, and DATABASE_URL has none\n$/,
    );
  });

  test('a Redis whose certificate nobody vouches for is a Redis that is away: one line, and sales go on', async () => {
    const office = await fleet.start('api', { REDIS_TLS_CA_FILE: '' });
    const away = office.logs.filter(({ msg }) => msg.startsWith('redis is away'));
    expect(away).toMatchObject([{ reason: expect.stringContaining('certificate') }]);
    const eventId = await createEvent(office.url, { capacity: 1 });
    expect(await bookTicket(office.url, { eventId })).toMatchObject({ __typename: 'Booking' });
    await office.stop();
  });
});
