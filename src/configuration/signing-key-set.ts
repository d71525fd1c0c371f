import { createPrivateKey, createPublicKey, type JsonWebKey } from 'node:crypto';
import { z } from 'zod';

/** A private Ed25519 key as a JSON Web Key (RFC 8037). */
export interface SigningJwk {
  readonly kty: 'OKP';
  readonly crv: 'Ed25519';
  readonly kid: string;
  /** The public half. */
  readonly x: string;
  /** The private half. */
  readonly d: string;
}

const MAX_KEYS = 16;
/** A key id stands in every QR code, between dots. */
const KEY_ID = /^[\w-]{1,64}$/;

/** A JWK set (RFC 7517) of private Ed25519 keys. No message shows what stands in it. */
export const signingKeySet = z.string().transform((text, context): readonly SigningJwk[] => {
  const read = readKeySet(text);
  if (typeof read !== 'string') return read;
  context.addIssue(read);
  return z.NEVER;
});

/** @returns the keys, or what is wrong with them */
function readKeySet(text: string): readonly SigningJwk[] | string {
  const keys = keysOf(text);
  if (!Array.isArray(keys))
    return 'must be a JWK set: {"keys": [{"kty": "OKP", "crv": "Ed25519", "kid": …, "x": …, "d": …}]}';
  if (keys.length === 0 || keys.length > MAX_KEYS) return `must have 1 to ${MAX_KEYS} keys`;
  for (const [i, key] of keys.entries()) {
    const problem = problemOfKey(key);
    if (problem) return `key ${i + 1} ${problem}`;
  }
  const read = keys.map(({ kid, x, d }: SigningJwk) => ({ kty: 'OKP', crv: 'Ed25519', kid, x, d }) as const);
  return new Set(read.map(({ kid }) => kid)).size < read.length ? 'has two keys with the same kid' : read;
}

function keysOf(text: string): unknown {
  try {
    return (JSON.parse(text) as { readonly keys?: unknown } | null)?.keys;
  } catch {
    return undefined;
  }
}

function problemOfKey(jwk: JsonWebKey | null): string | undefined {
  const { kty, crv, kid, x, d } = jwk ?? {};
  if (kty !== 'OKP' || crv !== 'Ed25519') return 'is no Ed25519 key: its kty must be OKP and its crv Ed25519';
  if (typeof kid !== 'string' || !KEY_ID.test(kid)) return 'needs a kid of 1 to 64 letters, digits, "-" or "_"';
  if (d === undefined) return 'has no d: it is not a private key';
  return isPair(x, d) ? undefined : 'is damaged: its x and d do not belong together';
}

function isPair(x: unknown, d: unknown): boolean {
  try {
    const key = createPrivateKey({ key: { kty: 'OKP', crv: 'Ed25519', x, d } as JsonWebKey, format: 'jwk' });
    return createPublicKey(key).export({ format: 'jwk' }).x === x;
  } catch {
    return false;
  }
}
