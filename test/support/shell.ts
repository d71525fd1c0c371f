import { execFile } from 'node:child_process';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PROGRAM } from './boxoffice-process.ts';

const run = promisify(execFile);
const timeoutMs = 60_000;

export interface Shell {
  /** Runs the lines as somebody would who typed them, and ends with the first that fails. @returns what they printed */
  run(lines: string): Promise<string>;
}

/** A shell in `folder` that has `boxoffice` and the programs of `path`, and nothing else of the tests' environment. */
export async function openShell(
  folder: string,
  env: Readonly<Record<string, string>>,
  path: readonly string[] = [],
): Promise<Shell> {
  const boxoffice = join(folder, 'boxoffice');
  await writeFile(boxoffice, `#!/bin/sh\nexec '${process.execPath}' '${PROGRAM}' "$@"\n`);
  await chmod(boxoffice, 0o755);
  const PATH = [folder, ...path, process.env['PATH'] ?? ''].join(':');
  return {
    run: async (lines) =>
      (await run('sh', ['-ec', lines], { cwd: folder, env: { ...env, PATH }, timeout: timeoutMs })).stdout,
  };
}
