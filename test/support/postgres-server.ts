import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { queryPostgres } from './query-database.ts';
import { postgresPrograms, unprivilegedUser } from './services/programs.ts';
import { temporaryFolder } from './services/reap-when-orphaned.ts';
import { freePort, type ServerProcess, startServerProcess } from './services/server-process.ts';

const run = promisify(execFile);

export interface PostgresServer {
  readonly url: string;
  /** Of the postmaster; another one after `start`. */
  readonly pid: number;
  readonly program: string;
  /** `fast` rolls open transactions back and ends in order; `immediate` is a crash. */
  stop(mode?: 'fast' | 'immediate'): Promise<void>;
  /** Again, on the same port and with the same data. */
  start(): Promise<void>;
  /** Stops it and deletes its data. */
  remove(): Promise<void>;
}

/**
 * Without fsync a commit survives the end of every PostgreSQL process, as the system still writes
 * what they handed over; only a crash of the machine would lose it.
 */
const testSettings = {
  fsync: 'off',
  full_page_writes: 'off',
  max_connections: '300',
  unix_socket_directories: '',
};

/** A PostgreSQL of the test's own, on 127.0.0.1, for tests that stop or crash it. */
export async function startPostgresServer({
  settings = {},
}: {
  settings?: Record<string, string>;
} = {}): Promise<PostgresServer> {
  const programs = await postgresPrograms();
  const user = await unprivilegedUser();
  const port = await freePort();
  const folder = await temporaryFolder('postgres', user);
  const data = join(folder.path, 'data');
  const fixed = { listen_addresses: '127.0.0.1', port: `${port}` };
  const launch = () =>
    startServerProcess({
      program: programs.postgres,
      args: ['-D', data, ...Object.entries({ ...testSettings, ...settings, ...fixed }).flatMap(asOption)],
      folder: folder.path,
      readyOutput: /database system is ready to accept connections/,
      killSignal: 'SIGQUIT',
      user,
    });

  let running: ServerProcess;
  const server: PostgresServer = {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    get pid() {
      return running.pid;
    },
    program: programs.postgres,
    stop: (mode = 'fast') => running.end(mode === 'fast' ? 'SIGINT' : 'SIGQUIT'),
    start: async () => {
      running = await launch();
    },
    remove: async () => {
      await server.stop('immediate');
      await folder.remove();
    },
  };
  try {
    const layout = ['--username=postgres', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync'];
    await run(programs.initdb, ['-D', data, ...layout], { cwd: folder.path, ...user });
    running = await launch();
  } catch (error) {
    await folder.remove();
    throw error;
  }
  return server;
}

function asOption([name, value]: [string, string]): string[] {
  return ['-c', `${name}=${value}`];
}

export async function postgresVersion(url: string): Promise<string> {
  const [row] = await queryPostgres<{ server_version: string }>(url, 'show server_version');
  return row?.server_version.split(' ')[0] ?? 'of an unknown version';
}
