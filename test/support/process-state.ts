import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Resident memory of a process; from /proc where there is one, since a slim Linux image has no `ps`. */
export async function residentBytes(pid: number): Promise<number> {
  if (process.platform !== 'linux') {
    return Number((await run('ps', ['-o', 'rss=', '-p', `${pid}`])).stdout) * 1_024;
  }
  const status = await readFile(`/proc/${pid}/status`, 'latin1');
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) * 1_024;
}
