import { z } from 'zod';
import { unavailable } from '../errors.ts';
import { check, parseId, text } from '../input-checks.ts';
import type { SigningKeys } from '../tickets/signing-keys.ts';
import { type CheckInRefusal, unknownTicket } from './check-in-refusals.ts';
import type { Doors } from './doors.ts';
import { type ReadCode, readPayload } from './read-payload.ts';
import type { CheckInOutcome } from './scan.ts';

export interface CheckInInput {
  readonly eventId: string | number;
  /** Exactly one of these two. */
  readonly code?: string | null | undefined;
  readonly qrPayload?: string | null | undefined;
  readonly deviceId: string;
  readonly nonce: string;
}

export interface CheckInParts {
  readonly doors: Doors;
  readonly signingKeys: () => Promise<SigningKeys>;
  readonly now: () => Date;
}

/** What every scan says besides the ticket. */
export const SCAN_RULES = z.object({ deviceId: text(1, 255), nonce: text(1, 255) });

/** Anything else is no ticket's, and some of it no database takes. */
const CODE = text(1, 64);
/** No event has it: what is asked about an event that cannot exist is answered as of one that does not. */
export const NO_EVENT = 0;

const EITHER = 'give either a code or a QR payload';
const CHECK_IN_RULES = SCAN_RULES.extend({ code: z.string().nullable(), qrPayload: z.string().nullable() })
  .refine(({ code, qrPayload }) => code !== null || qrPayload !== null, { path: ['code'], message: EITHER })
  .refine(({ code, qrPayload }) => code === null || qrPayload === null, { path: ['qrPayload'], message: EITHER });

/**
 * Redeems a ticket at the door of an event, exactly once, whoever else scans it in the same instant. The same scan, by its
 * device and nonce, is answered the same again. A ticket that does not let its holder in is refused with a reason, and
 * then nothing was changed.
 * @throws BoxOfficeError BAD_USER_INPUT; SERVICE_UNAVAILABLE when the database is away or too many scans wait (the outcome
 *   may be unknown: a repeat with the same nonce is safe)
 */
export async function checkIn(parts: CheckInParts, input: CheckInInput): Promise<CheckInOutcome> {
  const { code, qrPayload, deviceId, nonce } = check(CHECK_IN_RULES, {
    deviceId: input.deviceId,
    nonce: input.nonce,
    code: input.code ?? null,
    qrPayload: input.qrPayload ?? null,
  });
  const eventId = parseId(input.eventId) ?? NO_EVENT;
  const read = qrPayload === null ? readCode(code ?? '') : readPayload(await parts.signingKeys(), eventId, qrPayload);
  if ('kind' in read) return read;
  const scan = { ...read, deviceId, nonce, at: parts.now(), offline: false };
  const outcome = parts.doors.submit(eventId, scan);
  if (!outcome) throw unavailable();
  return outcome;
}

function readCode(code: string): ReadCode | CheckInRefusal {
  return CODE.safeParse(code).success ? { code, forAnotherEvent: false } : unknownTicket();
}
