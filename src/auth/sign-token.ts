import { SignJWT } from 'jose';
import type { ExpectedClaims } from './token-verifier.ts';
import type { TokenRole } from './viewer.ts';

export interface NewToken extends ExpectedClaims {
  readonly secret: string;
  readonly sub: string;
  readonly role: TokenRole | null;
  readonly ttlSeconds: number;
}

/** A token as `AUTH_JWT_SECRET` accepts it, for development and tests. */
export function signToken({ secret, sub, role, ttlSeconds, issuer, audience }: NewToken, now = new Date()) {
  const issuedAt = Math.floor(now.getTime() / 1_000);
  const token = new SignJWT(role ? { role } : {})
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(sub)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + ttlSeconds);
  if (issuer !== null) token.setIssuer(issuer);
  if (audience !== null) token.setAudience(audience);
  return token.sign(new TextEncoder().encode(secret));
}
