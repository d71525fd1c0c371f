import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

export function foldersOnPath(path = process.env.PATH ?? ''): string[] {
  return path.split(delimiter).filter((folder) => folder !== '');
}

/** The first of `folders` that holds all of `programs`. */
export async function folderWith(programs: string[], folders: string[]): Promise<string | undefined> {
  for (const folder of folders) {
    const found = await Promise.all(programs.map((program) => isExecutable(join(folder, program))));
    if (found.every(Boolean)) return folder;
  }
  return undefined;
}

function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}
