import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pgbouncerProgram, unprivilegedUser } from './services/programs.ts';
import { temporaryFolder } from './services/reap-when-orphaned.ts';
import { freePort, startServer } from './services/server-process.ts';

export interface Pgbouncer {
  /** `url` with the pooler in the place of its server. */
  through(url: string): string;
  /** Stops it and deletes its files. */
  remove(): Promise<void>;
}

/** Debian's PgBouncer as it comes, in transaction mode, on 127.0.0.1, before the server of `target`. */
export async function startPgbouncer(target: string, { poolSize = 20 } = {}): Promise<Pgbouncer> {
  const program = await pgbouncerProgram();
  const { hostname, port: targetPort } = new URL(target);
  const port = await freePort();
  const user = await unprivilegedUser();
  const folder = await temporaryFolder('pgbouncer', user);
  const configuration = join(folder.path, 'pgbouncer.ini');
  const users = join(folder.path, 'userlist.txt');
  await writeFile(users, '"postgres" ""\n');
  await writeFile(
    configuration,
    `[databases]
* = host=${hostname} port=${targetPort || 5432}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = trust
auth_file = ${users}
pool_mode = transaction
default_pool_size = ${poolSize}
`,
  );
  const { remove } = await startServer({
    url: `postgres://127.0.0.1:${port}`,
    program,
    args: [configuration],
    folder,
    readyOutput: /process up/,
    stopSignal: 'SIGTERM',
    killSignal: 'SIGKILL',
    user,
  });
  return { through: (url) => Object.assign(new URL(url), { host: `127.0.0.1:${port}` }).href, remove };
}
