import { globSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { aptInstall } from './services/programs.ts';
import { temporaryFolder } from './services/reap-when-orphaned.ts';

const LIBRARY = '/usr/lib{,64,/*}/faketime/libfaketime.so.1';

/** The wall clock of the processes that are given `env`. Monotonic time goes on as ever, as it does when a clock is set. */
export interface FakeClock {
  readonly env: Readonly<Record<string, string>>;
  /** From now on it shows this much more than the real one. */
  set(offsetSeconds: number): Promise<void>;
  remove(): Promise<void>;
}

/** By libfaketime, which is installed where that can be done. https://github.com/wolfcw/libfaketime */
export async function createFakeClock(): Promise<FakeClock> {
  if (globSync(LIBRARY).length === 0) await aptInstall('faketime');
  const [library] = globSync(LIBRARY);
  if (!library) throw new Error('libfaketime is needed to set a clock: install the package "faketime"');
  const folder = await temporaryFolder('clock');
  const file = join(folder.path, 'offset');
  const clock: FakeClock = {
    env: {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    },
    set: (offsetSeconds) => writeFile(file, `${offsetSeconds < 0 ? '' : '+'}${offsetSeconds}\n`),
    remove: () => folder.remove(),
  };
  await clock.set(0);
  return clock;
}
