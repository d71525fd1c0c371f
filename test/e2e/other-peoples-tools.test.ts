import { execFile } from 'node:child_process';
import { statSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';
import { printLine } from '../support/services/programs.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/services/reap-when-orphaned.ts';

const run = promisify(execFile);
const installTimeoutMs = 300_000;
const runTimeoutMs = 60_000;

/** Other people's tools have a folder and a lock of their own: whoever only runs the box office does not install them. */
const TOOLS = fileURLToPath(new URL('../../tools/', import.meta.url));

/** Installs them when the lock file changed, as `make` does with ours. Only one test file may use them: npm ci removes first. */
async function installTools(): Promise<void> {
  if (timeOf('node_modules/.package-lock.json') >= timeOf('package-lock.json')) return;
  printLine('tools: not installed, or not as their lock file has it; installing them with npm');
  await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: TOOLS,
    timeout: installTimeoutMs,
  });
}

function timeOf(file: string): number {
  return statSync(TOOLS + file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** Runs a program of the folder on our Node. @returns what it prints; rejects with that when the program fails */
async function runTool(program: string, args: readonly string[] = [], folder = ''): Promise<string> {
  const options = { cwd: TOOLS + folder, timeout: runTimeoutMs };
  const { stdout } = await run(process.execPath, [TOOLS + program, ...args], options).catch((error) => {
    throw new Error(`${error.message}\n${error.stdout}`, { cause: error });
  });
  return stdout;
}

const OPEN_API = fileURLToPath(new URL('../../schema/openapi.json', import.meta.url));
const TSC = '../node_modules/typescript/bin/tsc';

let folder: TemporaryFolder;
beforeAll(async () => {
  await installTools();
  folder = await temporaryFolder('tools');
  await rm(join(TOOLS, 'generated'), { recursive: true, force: true });
  await mkdir(join(TOOLS, 'generated/relay'), { recursive: true });
}, installTimeoutMs);
afterAll(() => folder.remove());

describe.each(['redocly', 'spectral'])("%s's recommended rules", (tool) => {
  test('have nothing to say about schema/openapi.json', async () => {
    expect(await runTool(`${tool}.mjs`, [OPEN_API])).toBe('');
  });

  test('would say something about a document without servers and licence', async () => {
    const { servers: _servers, ...document } = JSON.parse(await readFile(OPEN_API, 'utf8'));
    const file = join(folder.path, 'openapi.json');
    await writeFile(file, JSON.stringify({ ...document, info: { title: 'Box Office', version: '1' } }));
    expect(await runTool(`${tool}.mjs`, [file])).toMatch(/servers[\s\S]*info/);
  });
});

test('the types of openapi-typescript ask a shop for no more than the document does', async () => {
  const types = join(TOOLS, 'generated/openapi.d.ts');
  await runTool('node_modules/openapi-typescript/bin/cli.js', [OPEN_API, '--output', types]);
  expect(await runTool(TSC, ['--project', 'typed-client'])).toBe('');
});

describe('Relay', () => {
  let office: BoxOffice;
  beforeAll(async () => {
    office = await openBoxOffice('embedded', { worker: false });
  });
  afterAll(() => office.close());

  test('takes our lists for connections, and reads one page after the other', async () => {
    const compiler = 'node_modules/relay-compiler/cli.js';
    expect(await runTool(compiler, ['relay.config.json', '--noWatchman'], 'relay')).toContain('Compilation completed');
    expect(await runTool('relay/main.mjs', [`${office.url}/graphql`])).toBe('third second first\n');
  });
});
