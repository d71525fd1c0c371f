import { unavailable } from '../errors.ts';
import type { Database } from '../platform/database.ts';
import { readDoorTickets, writeRedemptions } from './door-store.ts';
import { judgeScans } from './judge-scans.ts';
import type { CheckInOutcome, Scan } from './scan.ts';

export interface DoorParts {
  readonly db: Database;
  /** Called after each commit that changed the numbers of an event; must not throw. */
  readonly announceNumbers: (eventId: number) => void;
}

/** Each lost round means that another process changed one of the tickets, or its booking, meanwhile. */
const MAX_ROUNDS = 10;

/**
 * Looks at the tickets, decides, writes, and does so again for those that somebody else changed in between.
 * @param scans in the order in which they count
 * @returns what becomes of each, in their order
 * @throws BoxOfficeError SERVICE_UNAVAILABLE; a repeat with the same nonces is safe
 */
export async function serveScans(
  { db, announceNumbers }: DoorParts,
  eventId: number,
  scans: readonly Scan[],
): Promise<CheckInOutcome[]> {
  const answers = new Map<Scan, CheckInOutcome>();
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const waiting = scans.filter((scan) => !answers.has(scan));
    if (waiting.length === 0) return scans.map((scan) => answers.get(scan) as CheckInOutcome);
    const known = await readDoorTickets(db, [...new Set(waiting.map(({ code }) => code))]);
    const { outcomes, redemptions } = judgeScans(eventId, waiting, known);
    let written: ReadonlySet<number> = new Set();
    if (redemptions.length > 0) written = await writeRedemptions(db, eventId, redemptions);
    // What was read may be another process's, committed and not yet on the disk.
    else await db.durable();
    if (written.size > 0) announceNumbers(eventId);
    const lost = new Set(redemptions.filter(({ seen }) => !written.has(seen.id)).map(({ seen }) => seen.code));
    waiting.forEach((scan, i) => {
      if (!lost.has(scan.code)) answers.set(scan, outcomes[i] as CheckInOutcome);
    });
  }
  throw unavailable();
}
