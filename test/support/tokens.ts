import type { TokenRole } from '../../src/auth/viewer.ts';
import { signToken } from '../../src/commands/token.ts';

export const SECRET = 'a-secret-of-the-tests-that-is-long-enough';

/** The environment of a box office that wants tokens of this file. */
export const JWT_ENV = { AUTH_MODE: 'jwt', AUTH_JWT_SECRET: SECRET };

export interface TokenOptions {
  readonly role?: TokenRole;
  /** Negative: it has ended already. */
  readonly ttlSeconds?: number;
  readonly secret?: string;
  readonly issuer?: string;
  readonly audience?: string;
}

export function token(sub: string, options: TokenOptions = {}): Promise<string> {
  return signToken({
    sub,
    role: options.role ?? null,
    ttlSeconds: options.ttlSeconds ?? 600,
    secret: options.secret ?? SECRET,
    issuer: options.issuer ?? null,
    audience: options.audience ?? null,
  });
}

/** The header, and connection parameter, of a bearer. */
export async function bearer(sub: string, options?: TokenOptions): Promise<{ authorization: string }> {
  return { authorization: `Bearer ${await token(sub, options)}` };
}
