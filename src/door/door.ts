import type { SigningKeys } from '../tickets/signing-keys.ts';
import { type CheckInInput, checkIn } from './check-in.ts';
import { checkInBatch, type OfflineScan } from './check-in-batch.ts';
import { createDoors } from './doors.ts';
import type { DoorParts } from './serve-scans.ts';
import { undoCheckIn } from './undo-check-in.ts';

/** All that a process does at the doors of events. */
export function createDoor(given: DoorParts & { signingKeys: () => Promise<SigningKeys>; now: () => Date }) {
  const parts = { ...given, doors: createDoors(given) };
  return {
    checkIn: (input: CheckInInput) => checkIn(parts, input),
    checkInBatch: (eventId: string | number, scans: readonly OfflineScan[]) => checkInBatch(parts, eventId, scans),
    undoCheckIn: (ticketId: number | null, reason: string) => undoCheckIn(parts, ticketId, reason),
    /** Resolves when every scan that waits has been answered. */
    doorsIdle: () => parts.doors.idle(),
  };
}
