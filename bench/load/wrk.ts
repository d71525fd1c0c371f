import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { foldersOnPath, folderWith } from '../../test/support/services/programs.ts';
import { temporaryFolder } from '../../test/support/services/reap-when-orphaned.ts';
import { loadWithAutocannon } from './autocannon.ts';
import type { Generator, Load, LoadResult } from './load.ts';

const run = promisify(execFile);
const SCRIPT = fileURLToPath(new URL('./wrk-report.lua', import.meta.url));

async function loadWithWrk(program: string, { url, bodies, connections, seconds }: Load): Promise<LoadResult> {
  const folder = await temporaryFolder('wrk');
  try {
    const file = `${folder.path}/bodies`;
    await writeFile(file, `${bodies.join('\n')}\n`);
    const duration = `${Math.max(1, Math.round(seconds))}s`;
    const args = ['-t1', `-c${connections}`, '-d', duration, '--timeout', '10s', '-s', SCRIPT, url, '--', file];
    const { stdout } = await run(program, args);
    return JSON.parse(stdout.slice(stdout.lastIndexOf('\n{') + 1)) as LoadResult;
  } finally {
    await folder.remove();
  }
}

/** wrk where it is installed, because it leaves the server more of a small machine; autocannon otherwise. */
export async function chooseGenerator(): Promise<{ name: string; generate: Generator }> {
  const folder = await folderWith(['wrk'], foldersOnPath());
  if (!folder) return { name: 'autocannon', generate: loadWithAutocannon };
  return { name: 'wrk', generate: (load) => loadWithWrk(`${folder}/wrk`, load) };
}
