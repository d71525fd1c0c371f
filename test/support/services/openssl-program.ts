import { join } from 'node:path';
import { aptInstall } from './apt-install.ts';
import { foldersOnPath, folderWith } from './find-programs.ts';

/** OpenSSL (or LibreSSL) of this machine, installed when that is possible; Debian's PostgreSQL brings it along. */
export async function opensslProgram(): Promise<string> {
  const find = () => folderWith(['openssl'], foldersOnPath());
  const folder = (await find()) ?? ((await aptInstall('openssl')) ? await find() : undefined);
  if (folder) return join(folder, 'openssl');
  throw new Error('No openssl for the tests, which sign certificates with it. Install it (apt-get install openssl).');
}
