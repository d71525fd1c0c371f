import { execFile } from 'node:child_process';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { refusalOfNode } from '../../src/node-version.ts';
import { foldersOnPath, folderWith } from '../support/services/programs.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/services/reap-when-orphaned.ts';

const run = promisify(execFile);
const DIST = fileURLToPath(new URL('../../dist/', import.meta.url));
const PRETEND = 'Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.20.2" } })';

/** Our own Node that takes itself for an old one, and whichever old ones this machine has. */
const oldNodes: [name: string, command: string, args: string[]][] = [
  ['one that says so', process.execPath, ['--import', `data:text/javascript,${encodeURIComponent(PRETEND)}`]],
];
for (const folder of new Set(foldersOnPath())) {
  if (!(await folderWith(['node'], [folder]))) continue;
  const node = join(folder, 'node');
  const { stdout } = await run(node, ['--version']);
  if (refusalOfNode(stdout.trim().slice(1))) oldNodes.push([`${node} ${stdout.trim()}`, node, []]);
}

let folder: TemporaryFolder;
beforeAll(async () => {
  folder = await temporaryFolder('old-node');
  await mkdir(join(folder.path, 'dist'));
  await writeFile(join(folder.path, 'package.json'), JSON.stringify({ type: 'module' }));
  for (const file of ['main.js', 'node-version.js']) await copyFile(DIST + file, join(folder.path, 'dist', file));
});
afterAll(() => folder.remove());

test.each(oldNodes)(
  'on an old Node, %s, boxoffice says which one to take and ends with 1',
  async (_name, node, args) => {
    for (const command of ['serve', 'verify', '--help']) {
      const outcome = await run(node, [...args, `${DIST}main.js`, command], { cwd: folder.path }).catch(
        (error) => error,
      );
      expect(outcome).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(ONE_LINE) });
    }
  },
);

test.each(oldNodes)('on an old Node, %s, nothing else is loaded before that', async (_name, node, args) => {
  const alone = join(folder.path, 'dist/main.js');
  const outcome = await run(node, [...args, alone, 'verify'], { cwd: folder.path }).catch((error) => error);
  expect(outcome).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(ONE_LINE) });
});

const ONE_LINE = /^boxoffice: Node \d+\.\d+\.\d+ is too old, use 22\.17\.0 or newer; .*\n$/;
