/** A public key of the box office, as it publishes it. */
export interface TicketKey {
  readonly kid: string;
  readonly kty: string;
  readonly crv: string;
  readonly x: string;
}

/** What a QR code says that this box office has signed; null: it has not. */
export type ReadPayload = { readonly eventId: string; readonly code: string } | null;

/** `BO1.<key id>.<event id>.<code>.<signature>`, as SECURITY.md has it. */
const PAYLOAD = /^(BO1\.([\w-]{1,64})\.(\d{1,10})\.(.{1,64}))\.([\w-]{86})$/s;

/** Whether a text is meant to be what the QR code of a ticket says. */
export function isPayload(text: string): boolean {
  return text.startsWith('BO1.');
}

/** The code that a payload names, whoever made it up; undefined: it is none. */
export function codeIn(text: string): string | undefined {
  return PAYLOAD.exec(text)?.[4];
}

/** Checks a ticket without asking anybody. */
export async function readPayload(text: string, keys: readonly TicketKey[]): Promise<ReadPayload> {
  const [, signed = '', kid = '', eventId = '', code = '', signature = ''] = PAYLOAD.exec(text) ?? [];
  const key = keys.find((known) => known.kid === kid);
  if (!key) return null;
  const bytes = fromBase64url(signature);
  // Its last character has bits that mean nothing: written in another way it is not what was signed.
  if (toBase64url(bytes) !== signature) return null;
  return (await isSignedBy(key, bytes, new TextEncoder().encode(signed))) ? { eventId, code } : null;
}

type Bytes = Uint8Array<ArrayBuffer>;

async function isSignedBy(key: TicketKey, signature: Bytes, signed: Bytes): Promise<boolean> {
  const ours = await keyOfBrowser(key);
  if (ours) return crypto.subtle.verify({ name: 'Ed25519' }, ours, signature, signed);
  const { verifyAsync } = await loadLibrary();
  return verifyAsync(signature, signed, fromBase64url(key.x), { zip215: false });
}

/** @returns null in browsers from before 2025, which know no Ed25519 */
async function keyOfBrowser({ x, kty, crv }: TicketKey): Promise<CryptoKey | null> {
  try {
    return await crypto.subtle.importKey('jwk', { x, kty, crv }, { name: 'Ed25519' }, false, ['verify']);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'NotSupportedError') return null;
    throw error;
  }
}

const loadLibrary = () => import('@noble/ed25519');

/** Loads what `readPayload` needs of the network. */
export async function prepareToRead(keys: readonly TicketKey[]): Promise<void> {
  const [key] = keys;
  if (key && !(await keyOfBrowser(key))) await loadLibrary();
}

function fromBase64url(text: string): Bytes {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

function toBase64url(bytes: Bytes): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '');
}
