import { signToken } from '../auth/sign-token.ts';
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
