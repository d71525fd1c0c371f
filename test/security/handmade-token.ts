import { createHmac } from 'node:crypto';
import { SECRET } from '../support/tokens.ts';

const encoded = (part: unknown) => Buffer.from(JSON.stringify(part)).toString('base64url');

/** A token with any header and claims at all; without a secret it has no signature. */
export function handmade(header: object, claims: object, secret: string | null): string {
  const signed = `${encoded(header)}.${encoded(claims)}`;
  return `${signed}.${secret === null ? '' : createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

export function hs256(claims: object, secret = SECRET, header: object = {}): string {
  return handmade({ alg: 'HS256', ...header }, claims, secret);
}

/** The claims of one token under the signature of another. */
export function withClaims(token: string, claims: object): string {
  const [header, , signature] = token.split('.');
  return `${header}.${encoded(claims)}.${signature}`;
}

/** Authorization headers that are no good, though they say whose booking it is and that its bearer may do everything. */
export function badTokens(sub: string): string[] {
  const nowS = Math.floor(Date.now() / 1_000);
  const claims = { sub, exp: nowS + 600, role: 'organizer' };
  const tokens = [
    handmade({ alg: 'none' }, claims, null),
    handmade({ alg: 'None' }, claims, SECRET),
    handmade({ alg: 'HS512' }, claims, SECRET),
    handmade({ alg: 'HS256', crit: ['x'], x: 1 }, claims, SECRET),
    handmade({ typ: 'JWT' }, claims, SECRET),
    hs256(claims, 'another-secret-that-is-long-enough-too'),
    hs256({ ...claims, exp: nowS - 60 }),
    hs256({ ...claims, exp: 'never' }),
    hs256({ sub, role: 'organizer' }),
    hs256({ ...claims, sub: '' }),
    hs256({ ...claims, nbf: nowS + 600 }),
    withClaims(hs256({ ...claims, sub: 'attacker', role: undefined }), claims),
    'a.b.c',
    '..',
  ];
  return [...tokens.map((token) => `Bearer ${token}`), `Basic ${btoa(`${sub}:`)}`, 'Bearer', hs256(claims)];
}
