import { randomFillSync } from 'node:crypto';

/** Crockford's base32: no I, L, O or U, so that people can read a code out. https://www.crockford.com/base32.html */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const POOL_BYTES = 16_384;
const pool = Buffer.allocUnsafe(POOL_BYTES);
let used = POOL_BYTES;

const CLOCK_LENGTH = 4;

/**
 * `length` characters of 5 random bits each, from the system's generator, behind 4 characters of the clock: its last 20
 * bits, in milliseconds. So the codes of one commit stand side by side in a unique index, instead of each on a page of its
 * own that has to be read, and written to the log, for it.
 */
export function randomCode(length: number): string {
  if (used + length > POOL_BYTES) {
    randomFillSync(pool);
    used = 0;
  }
  let code = '';
  const clock = Date.now();
  for (let i = CLOCK_LENGTH - 1; i >= 0; i--) code += ALPHABET[Math.floor(clock / 32 ** i) % 32];
  for (let i = 0; i < length; i++) code += ALPHABET[(pool[used + i] as number) & 31];
  used += length;
  return code;
}
