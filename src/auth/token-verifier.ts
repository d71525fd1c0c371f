import { errors, type JWTPayload, jwtVerify } from 'jose';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { BoxOfficeError, unauthenticated, unavailable } from '../errors.ts';
import type { TokenKeys } from './token-keys.ts';
import { TOKEN_ROLES, USER_ID, type Viewer } from './viewer.ts';

export interface ExpectedClaims {
  /** null: any. */
  readonly issuer: string | null;
  readonly audience: string | null;
}

/** Other than the bearer of a bad token, this one may come back with a new one. */
export class TokenExpired extends BoxOfficeError {
  constructor() {
    super('UNAUTHENTICATED', 'The token has expired.');
  }
}

const MAX_REMEMBERED = 10_000;
/** A token that was seen before outlives its withdrawn key by this time at most. */
const REMEMBERED_FOR_MS = 30_000;
const CLOCK_TOLERANCE_S = 5;

const claims = z.object({
  sub: USER_ID,
  exp: z.number(),
  // Some other system's idea of roles makes nobody more than a buyer.
  role: z.string().optional().catch(undefined),
  roles: z.array(z.string()).optional().catch(undefined),
});

/** Checks tokens, and remembers for a little which ones were good: a buyer's next request costs no signature. */
export class TokenVerifier {
  readonly #keys: TokenKeys;
  readonly #expected: ExpectedClaims;
  readonly #now: () => Date;
  readonly #remembered: LRUCache<string, Viewer>;

  constructor(keys: TokenKeys, expected: ExpectedClaims, now: () => Date) {
    this.#keys = keys;
    this.#expected = expected;
    this.#now = now;
    this.#remembered = new LRUCache({ max: MAX_REMEMBERED, ttl: REMEMBERED_FOR_MS });
  }

  /** @throws BoxOfficeError UNAUTHENTICATED; SERVICE_UNAVAILABLE when the keys cannot be read */
  verify(token: string): Viewer | Promise<Viewer> {
    const known = this.#remembered.get(token);
    if (known) {
      if ((known.expiresAtMs as number) + CLOCK_TOLERANCE_S * 1_000 > this.#now().getTime()) return known;
      throw new TokenExpired();
    }
    return this.#check(token);
  }

  close(): void {
    this.#keys.close();
  }

  async #check(token: string): Promise<Viewer> {
    const viewer = viewerOfClaims(await this.#signedClaims(token));
    this.#remembered.set(token, viewer);
    return viewer;
  }

  async #signedClaims(token: string): Promise<JWTPayload> {
    const { issuer, audience } = this.#expected;
    const options = {
      algorithms: this.#keys.algorithms,
      requiredClaims: ['sub', 'exp'],
      clockTolerance: CLOCK_TOLERANCE_S,
      currentDate: this.#now(),
      ...(issuer !== null && { issuer }),
      ...(audience !== null && { audience }),
    };
    try {
      // The same call twice, for the two overloads of jwtVerify.
      const { key } = this.#keys;
      const verified = typeof key === 'function' ? jwtVerify(token, key, options) : jwtVerify(token, key, options);
      return (await verified).payload;
    } catch (error) {
      if (error instanceof errors.JWTExpired) throw new TokenExpired();
      throw isBadToken(error) ? unauthenticated('The token is not valid.') : unavailable(error);
    }
  }
}

/** jose's own complaints are about the token, except for these: the keys could not be read, or were none. */
const ABOUT_THE_KEYS: readonly string[] = [errors.JWKSTimeout.code, errors.JWKSInvalid.code, errors.JOSEError.code];

function isBadToken(error: unknown): boolean {
  return error instanceof errors.JOSEError && !ABOUT_THE_KEYS.includes(error.code);
}

function viewerOfClaims(payload: JWTPayload): Viewer {
  const parsed = claims.safeParse(payload);
  if (!parsed.success) throw unauthenticated('The token is not valid.');
  const { sub, exp, role, roles = [] } = parsed.data;
  const kind = TOKEN_ROLES.find((known) => known === role || roles.includes(known)) ?? 'buyer';
  return { kind, userId: sub, expiresAtMs: exp * 1_000 };
}
