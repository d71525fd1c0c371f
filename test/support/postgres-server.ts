import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { queryPostgres } from './query-database.ts';
import { postgresPrograms, unprivilegedUser } from './services/programs.ts';
import { temporaryFolder } from './services/reap-when-orphaned.ts';
import { freePort, type OwnServer, startServer } from './services/server-process.ts';

const run = promisify(execFile);

export type PostgresServer = OwnServer;

/**
 * Without fsync a commit survives the end of every PostgreSQL process, as the system still writes
 * what they handed over; only a crash of the machine would lose it.
 */
const TEST_SETTINGS = { fsync: 'off', full_page_writes: 'off', max_connections: '300', unix_socket_directories: '' };
const LAYOUT = ['--username=postgres', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync'];

/** A PostgreSQL of the test's own, on 127.0.0.1, for tests that stop or crash it: `stop` rolls open transactions back. */
export async function startPostgresServer(options: { settings?: Record<string, string> } = {}): Promise<OwnServer> {
  const { initdb, postgres } = await postgresPrograms();
  const user = await unprivilegedUser();
  const port = await freePort();
  const folder = await temporaryFolder('postgres', user);
  const data = join(folder.path, 'data');
  await run(initdb, ['-D', data, ...LAYOUT], { cwd: folder.path, ...user });
  const all = Object.entries({ ...TEST_SETTINGS, ...options.settings, listen_addresses: '127.0.0.1', port });
  return startServer({
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    program: postgres,
    args: ['-D', data, ...all.flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    folder,
    readyOutput: /database system is ready to accept connections/,
    stopSignal: 'SIGINT',
    killSignal: 'SIGQUIT',
    user,
  });
}

export async function postgresVersion(url: string): Promise<string> {
  const [row] = await queryPostgres<{ server_version: string }>(url, 'show server_version');
  return row?.server_version.split(' ')[0] ?? 'of an unknown version';
}
