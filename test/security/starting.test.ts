import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type BoxOfficeProcess, runCommand, startBoxOffice, WARN } from '../support/boxoffice-process.ts';
import { eventually } from '../support/eventually.ts';
import { bookTicket, createEvent, graphql } from '../support/graphql-client.ts';
import { startRedisServer } from '../support/redis-server.ts';
import { temporaryFolder } from '../support/services/reap-when-orphaned.ts';
import { createSetup } from '../support/setups.ts';
import { openSubscriber } from '../support/subscriber.ts';
import { bearer, JWT_ENV } from '../support/tokens.ts';

const OFF = 'AUTH_MODE is off: whoever reaches this port may do everything';

async function withOffice(
  env: Record<string, string>,
  use: (office: BoxOfficeProcess) => Promise<void>,
): Promise<void> {
  const setup = await createSetup('embedded');
  const logLevel = env['LOG_LEVEL'] === 'trace' ? 'trace' : 'info';
  const office = await startBoxOffice('serve', { ...setup.env, ...env }, { args: ['--migrate'], logLevel });
  await use(office);
  if (office.exit === null) await office.stop();
  await setup.remove();
}

describe('in production a box office', () => {
  const production = { NODE_ENV: 'production', DATABASE_URL: 'sqlite::memory:' };

  test('does not open unless somebody has said who may call', async () => {
    for (const role of ['serve', 'api', 'worker', 'migrate']) {
      const { code, stderr, stdout } = await runCommand([role], production);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(/^Invalid configuration:\n {2}AUTH_MODE: must be set with NODE_ENV=production.*\n$/);
    }
  });

  test('says so when everybody may call', () =>
    withOffice({ NODE_ENV: 'production', AUTH_MODE: 'off' }, async (office) => {
      expect(office.logged(OFF)).toHaveLength(1);
    }));
});

test.each(['serve', 'worker', 'migrate', 'verify'])(
  'boxoffice %s with NODE_ENV=prod, which would open it to everybody, does not start',
  async (role) => {
    const { code, stdout, stderr } = await runCommand([role], { NODE_ENV: 'prod', DATABASE_URL: 'sqlite::memory:' });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toBe(
      'Invalid configuration:\n  NODE_ENV: must be production, development, test or unset; did you mean production?\n',
    );
  },
);

test('a misspelt variable is warned about, by a command and in the log of a process, and those of a .env file too', async () => {
  const setup = await createSetup('embedded');
  const folder = await temporaryFolder('env-file');
  await writeFile(
    join(folder.path, '.env'),
    'RATE_LIMIT_USER_READ=1\nSMTP_URI=mail\nLOG_LEVEL=info\nCOMPOSE_PROFILES=x\n',
  );
  const env = { ...setup.env, AUTH_MOD: 'jwt' };
  const warnings = [
    'AUTH_MOD: is not read, there is no such variable; the nearest is AUTH_MODE',
    'RATE_LIMIT_USER_READ: is not read, there is no such variable; the nearest is RATE_LIMIT_USER_READS',
    'SMTP_URI: is not read, there is no such variable; the nearest is SMTP_URL',
  ];
  const { code, stderr } = await runCommand(['migrate'], env, { cwd: folder.path });
  expect({ code, stderr }).toEqual({ code: 0, stderr: warnings.map((line) => `boxoffice: ${line}\n`).join('') });

  const office = await startBoxOffice('serve', env, { cwd: folder.path });
  for (const warning of warnings) expect(office.logged(warning)).toMatchObject([{ level: WARN }]);
  expect(office.stderr).toBe('');
  await office.stop();
  await folder.remove();
  await setup.remove();
});

describe('boxoffice token', () => {
  test('signs a token that the box office takes', () =>
    withOffice(JWT_ENV, async (office) => {
      const args = ['token', '--sub', 'alice', '--role', 'organizer', '--ttl', '1h'];
      const { code, stdout, stderr } = await runCommand(args, JWT_ENV);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      const headers = { authorization: `Bearer ${stdout.trim()}` };
      expect(await createEvent(office.url, { capacity: 1 }, headers)).toBe('1');
      expect(office.logged(OFF)).toEqual([]);
    }));

  test.each([
    ['no subject', ['token'], JWT_ENV, /--sub/],
    ['an unknown role', ['token', '--sub', 'a', '--role', 'admin'], JWT_ENV, /organizer, staff/],
    ['a time that is none', ['token', '--sub', 'a', '--ttl', 'soon'], JWT_ENV, /such as 1h/],
    ['no secret', ['token', '--sub', 'a'], {}, /AUTH_JWT_SECRET: is needed/],
    [
      'keys of somebody else',
      ['token', '--sub', 'a'],
      { AUTH_MODE: 'jwt', AUTH_JWKS_URL: 'https://id.example/keys', AUTH_AUDIENCE: 'tickets' },
      /AUTH_JWT_SECRET: is needed/,
    ],
  ])('ends with one clear message and exit code 1 for %s', async (_name, args, env, message) => {
    const { code, stdout, stderr } = await runCommand(args, env);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/ at .*js:\d/);
  });
});

test('secrets are in no log, at any level', async () => {
  const secrets = Array.from({ length: 6 }, () => randomBytes(20).toString('hex'));
  const [secret, databasePassword, redisPassword, keysPassword, keysToken, otherToken] = secrets as [
    string,
    ...string[],
  ];
  const headers = await bearer('7', { secret, role: 'organizer' });
  const forged = await bearer('7', { secret: 'z'.repeat(40) });
  const tokens = [headers, forged].map(({ authorization }) => authorization.slice('Bearer '.length));
  const trace = { ...JWT_ENV, AUTH_JWT_SECRET: secret, LOG_LEVEL: 'trace' };
  const unreachable = await runCommand(['serve'], {
    ...trace,
    DATABASE_URL: `postgresql://someone:${databasePassword}@127.0.0.1:1/boxoffice`,
  });
  expect(unreachable.code).toBe(1);
  let output = unreachable.stdout + unreachable.stderr;

  const redis = await startRedisServer({ args: ['--requirepass', 'another'] });
  const env = { ...trace, REDIS_URL: redis.url.replace('//', `//:${redisPassword}@`) };
  await withOffice(env, async (office) => {
    const eventId = await createEvent(office.url, { capacity: 2 }, headers);
    const body = { eventId, userId: '7' };
    await graphql(
      office.url,
      'mutation ($i: BookTicketInput!) { bookTicket(input: $i) { __typename } }',
      { i: body },
      headers,
    );
    for (const given of [headers, forged]) {
      await graphql(office.url, '{ report { totalCapacity } }', {}, given);
      await (await fetch(`${office.url}/report`, { headers: given })).text();
      for (const token of [...tokens, otherToken]) {
        await (await fetch(`${office.url}/nowhere?token=x&access_token=${token}`, { headers: given })).text();
      }
    }
    const subscriber = openSubscriber(`${office.url.replace('http', 'ws')}/graphql`, forged);
    await subscriber.closed;
    await expect(bookTicket(office.url, { eventId })).rejects.toThrow('UNAUTHENTICATED');
    // It would wait for the Redis that does not let it in.
    await office.kill();
    output += office.output;
  });
  await redis.remove();

  const jwks = { AUTH_MODE: 'jwt', AUTH_AUDIENCE: 'tickets', LOG_LEVEL: 'trace' };
  const keys = `http://someone:${keysPassword}@127.0.0.1:1/keys?api_key=${keysToken}`;
  await withOffice({ ...jwks, AUTH_JWKS_URL: keys }, async (office) => {
    await eventually(() => office.logged('the keys of AUTH_JWKS_URL cannot be read').length > 0);
    output += office.output;
  });
  expect(output).toContain('access_token=***');
  for (const kept of [...secrets, ...tokens]) expect(output.includes(kept)).toBe(false);
});
