import { spawnSync } from 'node:child_process';
import { promtoolProgram } from './services/programs.ts';

/** Runs Prometheus' own checker. @returns its complaints; empty when it has none */
export async function promtool(args: readonly string[], { input = '', cwd }: { input?: string; cwd?: string } = {}) {
  const { status, stdout, stderr } = spawnSync(await promtoolProgram(), args, { input, cwd, encoding: 'utf8' });
  return status === 0 ? '' : `${stdout}${stderr}` || `exit ${status}`;
}
