const HIDDEN = '***';
// Lengths are bounded where a match may begin anywhere, so that a long line costs no more than its length.
/** Up to a space, a slash or the end of a JSON string; an escaped quotation mark is part of it. */
const USER_INFO = /\b([a-z][a-z\d+.-]{0,20}:\/\/)(?:\\.|[^\s"\\/?#])*@/gi;
const SECRET_PARAMETER =
  /([?&;](?:[\w-]{0,30}(?:token|secret|passw(?:or)?d|pwd|api[_-]?key|credential|signature|authorization)[\w-]{0,30}|key|sig|auth|jwt|code)=)(?:\\.|[^\s"\\&;#])+/gi;
const BEARER = /\b(Bearer +)[\w.~+/-]{8,}=*/g;
/** Of tickets: whoever knows one is let in. In Crockford's base32, wherever it stands; in a URL any of it may be escaped, and what is before it. */
const TICKET_CODE = /(?:(?<![\w%])|(?<=%[\da-fA-F]{2}))(?:[\dA-HJKMNP-TV-Z]|%[345][\da-fA-F]){30}(?!\w)/g;
const JWT = /\beyJ[\w-]{8,1000}\.[\w-]+\.[\w-]*/g;
/** An escaped line end before it is no part of it. */
const EMAIL =
  /(?:(\\(?:[bfnrt]|u[\da-f]{4}))|(?<![\w.%+-]))[\w.%+-]+(?:@|%40)(?:[\p{L}\p{M}\p{N}-]{1,63}\.){1,8}(?:xn--[a-z\d-]{1,59}|[\p{L}\p{M}]{2,63})(?![\p{L}\p{N}])/giu;

/**
 * Takes out of a line, also one of JSON, what should be in no log: user and password of a URL, secrets among its
 * parameters, bearer tokens, codes of tickets, addresses of e-mail. What prints or logs passes through here, because errors of drivers
 * quote what they like.
 */
export function redact(line: string): string {
  return line
    .replace(USER_INFO, `$1${HIDDEN}@`)
    .replace(SECRET_PARAMETER, `$1${HIDDEN}`)
    .replace(BEARER, `$1${HIDDEN}`)
    .replace(JWT, HIDDEN)
    .replace(TICKET_CODE, HIDDEN)
    .replace(EMAIL, `$1${HIDDEN}`);
}

/** The messages of SQLite do not say which file they mean, and those of a network not which server. */
export function namingSource(source: string, error: unknown): Error {
  const message = error instanceof Error ? error.message : String(error);
  return new Error(message.includes(source) ? message : `${source}: ${message}`, { cause: error });
}
