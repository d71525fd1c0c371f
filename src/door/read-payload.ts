import { readQrPayload } from '../tickets/qr-payload.ts';
import type { SigningKeys } from '../tickets/signing-keys.ts';
import type { CheckInRefusal } from './check-in-refusals.ts';
import { badSignature } from './check-in-refusals.ts';
import type { Scan } from './scan.ts';

export type ReadCode = Pick<Scan, 'code' | 'forAnotherEvent'>;

/** What a QR code says at the door of an event, or why it says nothing. */
export function readPayload(keys: SigningKeys, eventId: number, qrPayload: string): ReadCode | CheckInRefusal {
  const payload = readQrPayload(keys, qrPayload);
  if (payload.kind === 'bad') return badSignature();
  return { code: payload.code, forAnotherEvent: payload.eventId !== eventId };
}
