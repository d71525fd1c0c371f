import { countOutcome } from '../platform/metrics/outcomes.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { SigningKeys } from '../tickets/signing-keys.ts';
import { type CheckInInput, checkIn } from './check-in.ts';
import { checkInBatch, type OfflineScan } from './check-in-batch.ts';
import { createDoors } from './doors.ts';
import type { CheckInOutcome } from './scan.ts';
import type { DoorParts } from './serve-scans.ts';
import { undoCheckIn } from './undo-check-in.ts';

interface GivenParts extends DoorParts {
  readonly signingKeys: () => Promise<SigningKeys>;
  readonly now: () => Date;
  readonly metrics: Metrics;
}

/** All that a process does at the doors of events. */
export function createDoor(given: GivenParts) {
  const parts = { ...given, doors: createDoors(given) };
  const counted = <T extends CheckInOutcome | readonly CheckInOutcome[]>(outcome: Promise<T>) =>
    countOutcome(given.metrics.checkIns, {}, outcome);
  return {
    checkIn: (input: CheckInInput) => counted(checkIn(parts, input)),
    checkInBatch: (eventId: string | number, scans: readonly OfflineScan[]) =>
      counted(checkInBatch(parts, eventId, scans)),
    undoCheckIn: (ticketId: number | null, reason: string) => undoCheckIn(parts, ticketId, reason),
    /** Resolves when every scan that waits has been answered. */
    doorsIdle: () => parts.doors.idle(),
  };
}
