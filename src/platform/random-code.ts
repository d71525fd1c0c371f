import { randomFillSync } from 'node:crypto';

/** Crockford's base32: no I, L, O or U, so that people can read a code out. https://www.crockford.com/base32.html */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const POOL_BYTES = 16_384;
const pool = Buffer.allocUnsafe(POOL_BYTES);
let used = POOL_BYTES;

/** `length` characters of 5 random bits each, from the system's generator. */
export function randomCode(length: number): string {
  if (used + length > POOL_BYTES) {
    randomFillSync(pool);
    used = 0;
  }
  let code = '';
  for (let i = 0; i < length; i++) code += ALPHABET[(pool[used + i] as number) & 31];
  used += length;
  return code;
}
