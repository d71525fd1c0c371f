import { realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
import { aptInstall } from './apt-install.ts';
import { foldersOnPath, folderWith } from './find-programs.ts';

/** The folder of pg_dump and pg_restore, those of the server's own version where there are several. */
export async function postgresClientPrograms(serverProgram: string): Promise<string> {
  const find = async () =>
    folderWith(['pg_dump', 'pg_restore'], [dirname(await realpath(serverProgram)), ...foldersOnPath()]);
  const folder = (await find()) ?? ((await aptInstall('postgresql-client')) ? await find() : undefined);
  if (folder) return folder;
  throw new Error(
    'No pg_dump for the tests. Install the client programs of PostgreSQL (apt-get install postgresql-client).',
  );
}
