import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';

/** What SQLite keeps beside a database, and takes for its own whatever database it is beside. */
const SIDE_FILES = ['-wal', '-shm', '-journal'];

export function removeSideFiles(file: string): void {
  for (const suffix of SIDE_FILES) rmSync(`${file}${suffix}`, { force: true });
}

/**
 * Has `fill` make a file under a name of its own in the folder of `target`, brings it to the disk, and then has `place`
 * put it where it belongs: whatever happens meanwhile, `target` is never half a file. After a `kill -9` the other one is
 * left, named `….incomplete`.
 */
export async function withNewFile<T>(
  target: string,
  fill: (file: string) => Promise<T>,
  place: (file: string) => void,
): Promise<T> {
  const file = `${target}.${randomBytes(4).toString('hex')}.incomplete`;
  try {
    const result = await fill(file);
    await sync(file);
    place(file);
    await sync(dirname(target));
    return result;
  } finally {
    rmSync(file, { force: true });
    removeSideFiles(file);
  }
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
