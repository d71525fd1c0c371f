import { type NewToken, signToken } from '../../src/commands/token.ts';

export const SECRET = 'a-secret-of-the-tests-that-is-long-enough';

/** The environment of a box office that wants tokens of this file. */
export const JWT_ENV = { AUTH_MODE: 'jwt', AUTH_JWT_SECRET: SECRET };

/** A negative `ttlSeconds`: it has ended already. */
export type TokenOptions = Partial<Omit<NewToken, 'sub'>>;

export function token(sub: string, options: TokenOptions = {}): Promise<string> {
  return signToken({ sub, role: null, ttlSeconds: 600, secret: SECRET, issuer: null, audience: null, ...options });
}

/** The header, and connection parameter, of a bearer. */
export async function bearer(sub: string, options?: TokenOptions): Promise<{ authorization: string }> {
  return { authorization: `Bearer ${await token(sub, options)}` };
}
