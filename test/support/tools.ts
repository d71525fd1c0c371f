import { execFile } from 'node:child_process';
import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { printLine } from './services/programs.ts';

const run = promisify(execFile);
export const installTimeoutMs = 300_000;
const runTimeoutMs = 60_000;

/** Other people's tools have a folder and a lock of their own: whoever only runs the box office does not install them. */
export const TOOLS = fileURLToPath(new URL('../../tools/', import.meta.url));

/** Installs them when the lock file changed, as `make` does with ours. Only one test file may use them: npm ci removes first. */
export async function installTools(): Promise<void> {
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
export async function runTool(program: string, args: readonly string[] = [], folder = ''): Promise<string> {
  const options = { cwd: TOOLS + folder, timeout: runTimeoutMs };
  const { stdout } = await run(process.execPath, [TOOLS + program, ...args], options).catch((error) => {
    throw new Error(`${error.message}\n${error.stdout}`, { cause: error });
  });
  return stdout;
}
