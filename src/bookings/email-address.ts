import { domainToASCII } from 'node:url';
import { z } from 'zod';

/** What a path may have between its angle brackets, and what of it stands before the @ (RFC 5321, 4.5.3.1). */
const MAX_LENGTH = 254;
const MAX_LOCAL_LENGTH = 64;
/** A name of DNS, and each of its labels. */
const MAX_DOMAIN_LENGTH = 253;
const MAX_LABEL_LENGTH = 63;

/** Atoms before the @ (RFC 5322, 3.2.3); quotes, comments and names are left to other programs. Has one way to match. */
const ADDRESS =
  /^[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*@(?:[\p{L}\p{M}\p{N}-]+\.)+[\p{L}\p{M}\p{N}-]*[\p{L}\p{M}][\p{L}\p{M}\p{N}-]*$/u;

/** One address that every mail server takes; its domain may be of any script. */
export function emailAddress() {
  return z
    .string()
    .max(MAX_LENGTH, { message: `must have at most ${MAX_LENGTH} characters`, abort: true })
    .refine(isAddress, 'must be one address such as ada@example.com')
    .meta({ format: 'idn-email', maxLength: MAX_LENGTH });
}

function isAddress(text: string): boolean {
  if (!ADDRESS.test(text)) return false;
  const at = text.indexOf('@');
  const domain = domainToASCII(text.slice(at + 1));
  return (
    at <= MAX_LOCAL_LENGTH &&
    domain.length >= 1 &&
    domain.length <= MAX_DOMAIN_LENGTH &&
    domain.split('.').every((label) => label.length >= 1 && label.length <= MAX_LABEL_LENGTH)
  );
}
