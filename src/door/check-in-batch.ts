import { setImmediate } from 'node:timers/promises';
import { z } from 'zod';
import { check, parseId } from '../input-checks.ts';
import type { SigningKeys } from '../tickets/signing-keys.ts';
import { NO_EVENT, SCAN_RULES } from './check-in.ts';
import { readPayload } from './read-payload.ts';
import type { CheckInOutcome, Scan } from './scan.ts';
import { type DoorParts, serveScans } from './serve-scans.ts';

/** A scan that a device made by itself. */
export interface OfflineScan {
  readonly qrPayload: string;
  readonly deviceId: string;
  readonly nonce: string;
  /** By the device's clock. */
  readonly scannedAt: Date;
}

export interface CheckInBatchParts extends DoorParts {
  readonly signingKeys: () => Promise<SigningKeys>;
  readonly now: () => Date;
}

export const MAX_SCANS = 1_000;
/** A device's clock may be ahead by so much; a scan that is said to be later counts as of now. */
const MAX_AHEAD_MS = 5 * 60_000;
/** About three milliseconds of checking signatures; in between the process answers others. */
const READ_PER_TURN = 20;

const OFFLINE_SCAN = SCAN_RULES.extend({
  qrPayload: z.string(),
  scannedAt: z.date().min(new Date('1970-01-01T00:00:00Z'), 'must be from 1970 on'),
});
const BATCH_RULES = z.object({
  scans: z.array(OFFLINE_SCAN).max(MAX_SCANS, `must be at most ${MAX_SCANS} scans`),
});

/**
 * Redeems tickets by scans that were made without a network. Of each ticket the earliest counts, also against those that
 * other devices sent in before; one that was redeemed online stays so. Sending the same again changes nothing.
 * @param scans at most 1,000, in any order
 * @returns what becomes of each, in their order
 * @throws BoxOfficeError BAD_USER_INPUT; SERVICE_UNAVAILABLE when the database is away (a repeat is safe)
 */
export async function checkInBatch(
  parts: CheckInBatchParts,
  event: string | number,
  scans: readonly OfflineScan[],
): Promise<CheckInOutcome[]> {
  const given = check(BATCH_RULES, { scans }).scans;
  const eventId = parseId(event) ?? NO_EVENT;
  const outcomes: CheckInOutcome[] = [];
  const read: { readonly scan: Scan; readonly place: number }[] = [];
  const keys = await parts.signingKeys();
  const now = parts.now();
  for (const [place, { qrPayload, scannedAt, ...by }] of given.entries()) {
    if (place % READ_PER_TURN === READ_PER_TURN - 1) await setImmediate();
    const seen = readPayload(keys, eventId, qrPayload);
    if ('kind' in seen) outcomes[place] = seen;
    else read.push({ scan: { ...seen, ...by, at: timeOf(scannedAt, now), offline: true }, place });
  }
  const inOrder = read.toSorted((a, b) => a.scan.at.getTime() - b.scan.at.getTime());
  const served = await serveScans(
    parts,
    eventId,
    inOrder.map(({ scan }) => scan),
  );
  inOrder.forEach(({ place }, i) => {
    outcomes[place] = served[i] as CheckInOutcome;
  });
  return outcomes;
}

function timeOf(scannedAt: Date, now: Date): Date {
  return scannedAt.getTime() > now.getTime() + MAX_AHEAD_MS ? now : scannedAt;
}
