import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { foldersOnPath, folderWith } from './find-programs.ts';
import { printLine } from './print-line.ts';

const run = promisify(execFile);
const installTimeoutMs = 300_000;

/** Installs a Debian package; false when this is not Debian, or not root. */
export async function aptInstall(debianPackage: string): Promise<boolean> {
  if (process.getuid?.() !== 0 || !(await folderWith(['apt-get', 'flock'], foldersOnPath()))) return false;
  printLine(`${debianPackage}: not on this machine, installing it with apt-get`);
  const commands = `apt-get update && apt-get install -y --no-install-recommends ${debianPackage}`;
  // apt-get refuses to run twice at once, and two test files can find a program missing together.
  await run('flock', ['/tmp/boxoffice-apt-get.lock', 'sh', '-c', commands], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    timeout: installTimeoutMs,
    maxBuffer: 64 * 1024 * 1024,
  });
  return true;
}
