import { generateKeyPairSync } from 'node:crypto';
import type { SigningJwk } from '../../src/configuration/signing-key-set.ts';

/** A new key, as TICKET_SIGNING_KEYS has it. */
export function signingJwk(kid: string): SigningJwk {
  const { x, d } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  return { kty: 'OKP', crv: 'Ed25519', kid, x: x as string, d: d as string };
}
