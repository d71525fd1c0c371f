import type { Announce, AnnounceEntries } from '../bookings/live/update-hints.ts';
import { WaitingListQueries } from '../bookings/offers/waiting-list-queries.ts';
import type { GroupCommitLimits } from '../platform/group-commit.ts';
import { createJoinDesks, type JoinGroupParts } from './join-group.ts';
import { type JoinWaitingListInput, joinWaitingList } from './join-waiting-list.ts';
import { leaveWaitingList } from './leave-waiting-list.ts';

export interface WaitingListParts extends JoinGroupParts {
  readonly limits: GroupCommitLimits;
  readonly announce: Announce;
  readonly announceEntries: AnnounceEntries;
  /** Whether this box office sends mails. */
  readonly mails: boolean;
  readonly onBusy: () => void;
}

/** All that a process does with waiting lists, when it is asked. */
export function createWaitingList(given: WaitingListParts) {
  const entries = new WaitingListQueries(given.db);
  const parts = { ...given, entries, desks: createJoinDesks(given, given.limits) };
  return {
    waitingList: entries,
    joinWaitingList: (input: JoinWaitingListInput) => joinWaitingList(parts, input),
    /** @param requiredOwner the user it must belong to; null: anybody's */
    leaveWaitingList: (id: number | null, requiredOwner: string | null = null) =>
      leaveWaitingList(parts, id, requiredOwner),
    /** Resolves when everybody who wants to join has been answered. */
    joinsIdle: () => parts.desks.idle(),
  };
}
