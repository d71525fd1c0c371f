import { GroupCommit } from '../platform/group-commit.ts';
import type { CheckInOutcome, Scan } from './scan.ts';
import { type DoorParts, serveScans } from './serve-scans.ts';

const LIMITS = { maxWaiting: 2_000, maxGroupSize: 500 };
/** Under load a scan takes this much longer, and the row of the event is written far less often. */
const LINGER_MS = 5;

/** By event. */
export type Doors = GroupCommit<number, Scan, CheckInOutcome>;

/** The doors of all events: scans are committed in groups, of each event one group at a time, and cost its row one UPDATE. */
export function createDoors(parts: DoorParts): Doors {
  return new GroupCommit(LIMITS, async (eventId, members) => {
    const scans = members.map(({ request }) => request);
    const outcomes = await serveScans(parts, eventId, scans);
    members.forEach((member, i) => {
      member.answer(outcomes[i] as CheckInOutcome);
    });
    return LINGER_MS;
  });
}
