import { execFile } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { temporaryFolder } from './services/temporary-folder.ts';

const run = promisify(execFile);

/** fdatasync and fsync of a write-ahead log fail with EIO while the file that FAILING_DISK names exists. */
const SOURCE = `
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int fails(int fd) {
  char link[64], path[4096];
  const char *sign = getenv("FAILING_DISK");
  if (!sign || access(sign, F_OK) != 0) return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path);
  return length > 4 && memcmp(path + length - 4, "-wal", 4) == 0;
}

static int sync_by(const char *name, int fd) {
  if (fails(fd)) { errno = EIO; return -1; }
  return ((int (*)(int)) dlsym(RTLD_NEXT, name))(fd);
}

int fdatasync(int fd) { return sync_by("fdatasync", fd); }
int fsync(int fd) { return sync_by("fsync", fd); }
`;

/** A disk on which SQLite's write-ahead log cannot be synced any more, for the processes that are given `env`. */
export interface FailingDisk {
  readonly env: Readonly<Record<string, string>>;
  /** From now on, until `heal`. */
  fail(): Promise<void>;
  heal(): Promise<void>;
  remove(): Promise<void>;
}

/** By a library that is compiled here and preloaded there; wants Linux and a C compiler. */
export async function createFailingDisk(): Promise<FailingDisk> {
  const folder = await temporaryFolder('failing-disk');
  const [source, library, sign] = ['failing-disk.c', 'failing-disk.so', 'fails'].map((name) => join(folder.path, name));
  await writeFile(source as string, SOURCE);
  await run('cc', ['-shared', '-fPIC', '-o', library as string, source as string, '-ldl']);
  return {
    env: { LD_PRELOAD: library as string, FAILING_DISK: sign as string },
    fail: () => writeFile(sign as string, ''),
    heal: () => rm(sign as string, { force: true }),
    remove: () => folder.remove(),
  };
}
