import { join } from 'node:path';
import { aptInstall } from './apt-install.ts';
import { foldersOnPath, folderWith } from './find-programs.ts';

/** The PgBouncer of this machine, installed when that is possible. */
export async function pgbouncerProgram(): Promise<string> {
  // Debian's is where only root looks.
  const find = () => folderWith(['pgbouncer'], [...foldersOnPath(), '/usr/sbin', '/usr/local/sbin']);
  const folder = (await find()) ?? ((await aptInstall('pgbouncer')) ? await find() : undefined);
  if (folder) return join(folder, 'pgbouncer');
  throw new Error('No PgBouncer for the tests: install it (apt-get install pgbouncer, brew install pgbouncer).');
}
