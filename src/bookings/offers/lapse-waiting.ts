import type { Database } from '../../platform/database.ts';
import { inGroups } from '../../platform/in-groups.ts';
import type { AnnounceEntries } from '../live/update-hints.ts';
import { firstWaiting } from './first-waiting.ts';
import { moveWaiting } from './move-entries.ts';

export interface LapseWaitingParts {
  readonly db: Database;
  readonly now: () => Date;
  readonly announceEntries: AnnounceEntries;
}

/** Ends the wait for places of a CANCELLED event, group by group. @returns whether nobody waits any more */
export function lapseWaiting(
  { db, now, announceEntries }: LapseWaitingParts,
  eventId: number,
  signal: AbortSignal,
): Promise<boolean> {
  return inGroups({
    next: (after, limit) => firstWaiting(db, eventId, limit, after),
    work: async (ids) => {
      announceEntries(eventId, await db.transaction('lapse', (tx) => moveWaiting(db, tx, ids, 'LAPSED', now())));
    },
    signal,
  });
}
