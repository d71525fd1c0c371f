import { readlinkSync } from 'node:fs';
import os from 'node:os';

/** Of 0 to 19: where processors are short, a thread at 0 has some ten times as much of them. */
const NICENESS = 10;

/** On Linux, where threads have priorities of their own: the thread that calls takes what the others leave. */
export function giveWay(): void {
  if (process.platform !== 'linux') return;
  try {
    os.setPriority(Number(readlinkSync('/proc/thread-self').split('/').at(-1)), NICENESS);
  } catch {
    // A sandbox may know no /proc or allow no such call: the thread then goes on as an equal of the others.
  }
}
