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
