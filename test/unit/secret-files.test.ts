import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type InvalidConfiguration, readConfig } from '../../src/config.ts';
import { SECRETS } from '../../src/configuration/secret-files.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/services/reap-when-orphaned.ts';
import { signingJwk } from '../support/signing-keys.ts';

const SECRET = '0123456789abcdef'.repeat(2);
let folder: TemporaryFolder;
beforeAll(async () => {
  folder = await temporaryFolder('secrets');
  await mkdir(join(folder.path, 'folder'));
});
afterAll(() => folder.remove());

async function fileWith(content: string): Promise<string> {
  const path = join(folder.path, 'secret');
  await writeFile(path, content);
  return path;
}

function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    readConfig(env);
    return [];
  } catch (error) {
    return (error as InvalidConfiguration).problems;
  }
}

test.each(['', '\n', '\r\n', '\n\n'])('a secret is read from its file, without the line end %j', async (end) => {
  const jwt = { AUTH_MODE: 'jwt', AUTH_JWT_SECRET_FILE: await fileWith(`${SECRET}${end}`) };
  expect(readConfig(jwt).auth).toMatchObject({ secret: SECRET });
});

test('a secret keeps the spaces that belong to it', async () => {
  const jwt = { AUTH_MODE: 'jwt', AUTH_JWT_SECRET_FILE: await fileWith(` ${SECRET} \n`) };
  expect(readConfig(jwt).auth).toMatchObject({ secret: ` ${SECRET} ` });
});

test('every variable with a password in it can be a file', async () => {
  const url = await fileWith('postgresql://u:p@db/box\n');
  expect(readConfig({ DATABASE_URL_FILE: url }).database).toMatchObject({ url: 'postgresql://u:p@db/box' });
  const redis = await fileWith('rediss://:p@cache\n');
  expect(readConfig({ REDIS_URL_FILE: redis }).redis).toMatchObject({ url: 'rediss://:p@cache' });
  const locks = await fileWith('redis://:p@a,redis://:p@b\n');
  expect(readConfig({ REDIS_URL: 'redis://c', REDIS_LOCK_URLS_FILE: locks }).redis?.lockUrls).toEqual([
    'redis://:p@a',
    'redis://:p@b',
  ]);
});

test('the keys that tickets are signed with can be a file', async () => {
  const key = signingJwk('key-1');
  const file = await fileWith(`${JSON.stringify({ keys: [key] })}\n`);
  expect(readConfig({ TICKET_SIGNING_KEYS_FILE: file }).tickets.signingKeys).toEqual([key]);
});

test('what a file holds is checked as the variable is, and named as the variable', async () => {
  expect(problemsOf({ DATABASE_URL_FILE: await fileWith('mysql://hidden') })).toEqual([
    'DATABASE_URL: must be sqlite:<file> or postgresql://user:password@host:port/database',
  ]);
});

test.each(SECRETS)('%s: a variable and a file at once are refused; an empty variable counts as none', async (name) => {
  const file = await fileWith('redis://cache');
  expect(problemsOf({ [name]: 'redis://cache', [`${name}_FILE`]: file })).toContain(
    `${name}_FILE: cannot be used together with ${name}`,
  );
  expect(problemsOf({ [name]: '', [`${name}_FILE`]: '/nowhere' })).toContain(`${name}_FILE: cannot be read (ENOENT)`);
});

test.each<[string, string, string]>([
  ['a file that is missing', '', 'cannot be read (ENOENT)'],
  ['a folder', 'folder', 'cannot be read (EISDIR)'],
])('%s is one line with the name of the variable', (_name, path, problem) => {
  const file = join(folder.path, path || 'nowhere');
  expect(problemsOf({ REDIS_URL_FILE: file })).toEqual([`REDIS_URL_FILE: ${problem}`]);
});

test.each<[string, string, string]>([
  ['an empty file', '\n', 'is empty'],
  ['a file of several lines', 'hidden\nhidden\n', 'has more than one line'],
  ['a file that is no secret by its size', 'hidden'.repeat(20_000), 'is longer than 65536 bytes'],
])('%s is one line with the name of the variable and nothing of its content', async (_name, content, problem) => {
  expect(problemsOf({ REDIS_URL_FILE: await fileWith(content) })).toEqual([`REDIS_URL_FILE: ${problem}`]);
});

test('every problem is named at once, those of files too', () => {
  const problems = problemsOf({ DATABASE_URL_FILE: '/nowhere', PORT: 'x', AUTH_JWT_SECRET_FILE: '/nowhere' });
  expect(problems.map((problem) => problem.split(':')[0])).toEqual([
    'DATABASE_URL_FILE',
    'AUTH_JWT_SECRET_FILE',
    'PORT',
  ]);
});
