import { sign, verify } from 'node:crypto';
import { parseId } from '../input-checks.ts';
import type { SigningKeys } from './signing-keys.ts';

/** What a QR code names. */
export interface SignedTicket {
  readonly eventId: number;
  /** The ticket's. */
  readonly code: string;
}

/** `bad`: not signed by this box office, whatever else it is. */
export type QrPayload = ({ readonly kind: 'ours' } & SignedTicket) | { readonly kind: 'bad' };

/** Longer than any of ours. */
const MAX_PAYLOAD_LENGTH = 512;
/** Key id, event id, code (which an issuer may have written as it likes), and the 64 bytes of a signature. */
const PAYLOAD = /^(BO1\.([\w-]{1,64})\.(\d{1,10})\.(.{1,64}))\.([\w-]{86})$/s;

const BAD: QrPayload = { kind: 'bad' };

/**
 * What stands in the QR code of a ticket: `BO1.<key id>.<event id>.<code>.<signature>`. The signature is Ed25519 (RFC 8032) over
 * all that stands before its dot, as base64url without padding; the same every time.
 */
export function signQrPayload({ signer }: SigningKeys, { eventId, code }: SignedTicket): string {
  const signed = `BO1.${signer.kid}.${eventId}.${code}`;
  return `${signed}.${sign(null, Buffer.from(signed), signer.key).toString('base64url')}`;
}

/** Reads what a scanner saw, which may be anything, of any length. Throws nothing, and asks no database. */
export function readQrPayload({ verifiers }: SigningKeys, text: string): QrPayload {
  if (text.length > MAX_PAYLOAD_LENGTH) return BAD;
  const [, signed = '', kid = '', event = '', code = '', signature = ''] = PAYLOAD.exec(text) ?? [];
  const key = verifiers.get(kid);
  const eventId = parseId(event);
  if (!key || eventId === null) return BAD;
  const bytes = Buffer.from(signature, 'base64url');
  // Its last character has bits that mean nothing: written in another way it is not what we signed.
  if (bytes.toString('base64url') !== signature) return BAD;
  return verify(null, Buffer.from(signed), key, bytes) ? { kind: 'ours', eventId, code } : BAD;
}
