import { readFileSync } from 'node:fs';

/** How many files and connections this process may have open (`ulimit -n`); null where the system does not tell. */
export function openFilesLimit(): number | null {
  let limits: string;
  try {
    limits = readFileSync('/proc/self/limits', 'latin1');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  const [, soft] = /^Max open files +(\d+)/m.exec(limits) ?? [];
  return soft === undefined ? null : Number(soft);
}
