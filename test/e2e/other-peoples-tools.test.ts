import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BoxOffice, openBoxOffice } from '../support/box-office.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/services/temporary-folder.ts';
import { installTimeoutMs, installTools, runTool, TOOLS } from '../support/tools.ts';

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
