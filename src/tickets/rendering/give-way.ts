import { readlinkSync } from 'node:fs';
import os from 'node:os';

/** Of 0 to 19; a thread at 0 beside it has ten times its share of a processor, when there is too little of it. */
const NICENESS = 10;

/** On Linux: lets every other thread go before the one that calls, so that rendering takes what bookings leave. */
export function giveWay(): void {
  if (process.platform !== 'linux') return;
  const thread = Number(readlinkSync('/proc/thread-self').split('/').at(-1));
  if (os.getPriority(thread) < NICENESS) os.setPriority(thread, NICENESS);
}
