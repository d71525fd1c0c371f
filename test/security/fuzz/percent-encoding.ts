const MAX_CHARS = 1_000;

/** As a path or query has it. Half a surrogate pair becomes the three bytes that UTF-8 forbids. */
export function inPath(text: string): string {
  return [...text.slice(0, MAX_CHARS)]
    .map((char) => (char.isWellFormed() ? encodeURIComponent(char) : bytesOf(char)))
    .join('');
}

function bytesOf(surrogate: string): string {
  const unit = surrogate.charCodeAt(0);
  const bytes = [0xe0 | (unit >> 12), 0x80 | ((unit >> 6) & 0x3f), 0x80 | (unit & 0x3f)];
  return bytes.map((byte) => `%${byte.toString(16)}`).join('');
}

/** A client cannot send more than one byte for a character of a header, nor a control character. */
export function inHeader(text: string): string {
  return text.slice(0, MAX_CHARS).replaceAll(/[^\x20-\x7e\x80-\xff]/g, '?');
}
