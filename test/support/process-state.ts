import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { eventually } from './eventually.ts';

const run = promisify(execFile);

/** Resolves when the process has been stopped by SIGSTOP. */
export function stopped(pid: number, timeoutMs = 10_000): Promise<boolean> {
  return eventually(async () => (await stateOf(pid)).state.startsWith('T'), { timeoutMs });
}

/** Resident memory of a process. */
export async function residentBytes(pid: number): Promise<number> {
  return (await stateOf(pid)).residentKilobytes * 1_024;
}

/** From /proc, which a slim Linux image has in place of `ps`. */
async function stateOf(pid: number): Promise<{ state: string; residentKilobytes: number }> {
  if (process.platform !== 'linux') {
    const [state = '', kilobytes] = (await run('ps', ['-o', 'state=,rss=', '-p', `${pid}`])).stdout.trim().split(/\s+/);
    return { state, residentKilobytes: Number(kilobytes) };
  }
  const status = await readFile(`/proc/${pid}/status`, 'latin1');
  const field = (name: string) => new RegExp(`^${name}:\\s+(\\w+)`, 'm').exec(status)?.[1] ?? '';
  return { state: field('State'), residentKilobytes: Number(field('VmRSS')) };
}
