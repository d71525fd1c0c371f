import { join } from 'node:path';
import { aptInstall } from './apt-install.ts';
import { foldersOnPath, folderWith } from './find-programs.ts';

export async function findRedisProgram(path?: string): Promise<string | undefined> {
  for (const program of ['redis-server', 'valkey-server']) {
    const folder = await folderWith([program], foldersOnPath(path));
    if (folder) return join(folder, program);
  }
  return undefined;
}

/** The Redis or Valkey server of this machine, installed when that is possible. */
export async function redisProgram(find = findRedisProgram, install = aptInstall): Promise<string> {
  const program = (await find()) ?? ((await install('redis-server')) ? await find() : undefined);
  if (program) return program;
  throw new Error(
    'No Redis for the tests. Start Docker, or install redis-server or valkey-server' +
      ' (apt-get install redis-server, brew install redis), or set TEST_REDIS_URL.',
  );
}
