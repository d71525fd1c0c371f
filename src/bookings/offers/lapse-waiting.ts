import { setTimeout as pause } from 'node:timers/promises';
import type { Database } from '../../platform/database.ts';
import type { AnnounceEntries } from '../live/update-hints.ts';
import { firstWaiting } from './first-waiting.ts';
import { moveWaiting } from './move-entries.ts';

/** So few that nobody waits long for SQLite's writer. */
const LAPSED_AT_ONCE = 500;
/** Between two groups others have their turn. */
const REST_MS = 2;

export interface LapseWaitingParts {
  readonly db: Database;
  readonly now: () => Date;
  readonly announceEntries: AnnounceEntries;
}

/** Ends the wait for places of a CANCELLED event, group by group. @returns whether nobody waits any more */
export async function lapseWaiting(
  { db, now, announceEntries }: LapseWaitingParts,
  eventId: number,
  signal: AbortSignal,
): Promise<boolean> {
  for (let after = 0, ids: number[] = []; !signal.aborted; ) {
    ids = await firstWaiting(db, eventId, LAPSED_AT_ONCE, after);
    if (ids.length > 0) {
      announceEntries(eventId, await db.transaction('lapse', (tx) => moveWaiting(db, tx, ids, 'LAPSED', now())));
    }
    const last = ids[LAPSED_AT_ONCE - 1];
    if (last === undefined) return true;
    after = last;
    await pause(REST_MS);
  }
  return false;
}
