import { randomCode } from '../platform/random-code.ts';

/** 60 random bits. */
const RANDOM_LENGTH = 12;

/** A user that nobody is, another each time. */
export function nobody(): string {
  return `erased-${randomCode(RANDOM_LENGTH)}`;
}
