import { setTimeout as pause } from 'node:timers/promises';

/** So few that nobody waits long for their rows, or for SQLite's writer. */
const GROUP_SIZE = 500;
/** Between two groups others have their turn. */
const REST_MS = 2;

export interface Groups {
  /** The lowest ids above `after`, in their order. */
  readonly next: (after: number, limit: number) => Promise<number[]>;
  readonly work: (ids: readonly number[]) => Promise<void>;
  /** Begins no group any more. */
  readonly signal: AbortSignal;
}

/** Does long work on rows, group by group. @returns whether it came to the end before the signal */
export async function inGroups({ next, work, signal }: Groups): Promise<boolean> {
  for (let after = 0; !signal.aborted; ) {
    const ids = await next(after, GROUP_SIZE);
    if (ids.length > 0) await work(ids);
    const last = ids[GROUP_SIZE - 1];
    if (last === undefined) return !signal.aborted;
    after = last;
    await pause(REST_MS);
  }
  return false;
}
