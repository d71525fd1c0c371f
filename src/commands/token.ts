import { SignJWT } from 'jose';
import type { ExpectedClaims } from '../auth/token-verifier.ts';
import type { TokenRole } from '../auth/viewer.ts';
import { type Config, InvalidConfiguration } from '../config.ts';

export interface TokenOptions {
  readonly sub: string;
  readonly role?: TokenRole;
  readonly ttl: number;
}

/** Prints a token that this configuration accepts. */
export async function printToken({ auth }: Config, { sub, role, ttl }: TokenOptions): Promise<void> {
  if (auth.mode !== 'jwt' || !('secret' in auth)) {
    throw new InvalidConfiguration([
      'AUTH_JWT_SECRET: is needed by "boxoffice token", with AUTH_MODE=jwt; tokens of AUTH_JWKS_URL come from its owner',
    ]);
  }
  const { secret, issuer, audience } = auth;
  console.log(await signToken({ secret, issuer, audience, sub, role: role ?? null, ttlSeconds: ttl }));
}

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
