import { execFile } from 'node:child_process';
import { rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { printLine } from './services/programs.ts';
import { temporaryFolder } from './services/reap-when-orphaned.ts';

const run = promisify(execFile);
const FILLED_BYTES_PER_WRITE = 4_096;

/** A folder for a process whose disk is to be full. */
export interface SmallDisk {
  readonly path: string;
  /** From now on there is no room for what the process wants to write. */
  fill(pid: number): Promise<void>;
  free(pid: number): Promise<void>;
  remove(): Promise<void>;
}

/** A small file system where one can be mounted, which wants Linux and root; elsewhere a limit on the process's files. */
export async function openSmallDisk(bytes: number): Promise<SmallDisk> {
  const folder = await temporaryFolder('disk');
  const { path } = folder;
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'boxoffice-test', path]);
  } catch {
    printLine('disk: no tmpfs can be mounted here, so the size of files is limited instead');
    const limit = async (pid: number, size: string) =>
      void (await run('prlimit', [`--pid=${pid}`, `--fsize=${size}:`]));
    const [fill, free] = ['0', 'unlimited'].map((size) => (pid: number) => limit(pid, size)) as [Limit, Limit];
    return { path, fill, free, remove: () => folder.remove() };
  }
  const filler = join(path, 'filler');
  return {
    path,
    fill: async () => {
      const { bavail, bsize } = await statfs(path);
      const append = () => writeFile(filler, Buffer.alloc(FILLED_BYTES_PER_WRITE), { flag: 'a' });
      for (let left = bavail * bsize; left > 0; left -= FILLED_BYTES_PER_WRITE) await append().catch(() => undefined);
    },
    free: () => rm(filler, { force: true }),
    remove: async () => {
      await run('umount', ['--lazy', path]);
      await folder.remove();
    },
  };
}

type Limit = SmallDisk['fill'];
