const MAX_CHARS = 1_000;

/** What only we, our libraries and our database say. */
const LEAKS: Readonly<Record<string, RegExp>> = {
  SQL: /\b(?:select\s|insert\s+into|delete\s+from|update\s+\S+\s+set|drop\s+table|on\s+conflict|returning\s|where\s.*=|begin\s+transaction)/i,
  'a driver': /SQLITE_|\b(?:sqlite|postgres|pg_\w|mikro-?orm|kysely|knex|ioredis|redis|redlock|bullmq|fastify|zod)/i,
  'a complaint of the database':
    /\bconstraint\b|violates|deadlock|relation "|syntax error at|OOM command|duplicate key|no such (?:table|column)|at or near|invalid byte sequence|out of range for type|\b(?:events|bookings|tickets)_\w+/i,
  'an error of the program':
    /\b(?:Type|Range|Reference|Syntax|URI)Error\b|\w(?:Exception|Error):|is not a function|Cannot (?:read|set) prop|call stack|E(?:CONN|PIPE|NOENT|TIMEDOUT)|node:internal|stacktrace/,
  'a stack': /\s{2,}at\s\S|^\s*at\s\S+\s\(/m,
  'a path':
    /node_modules|\.[cm]?[jt]s\b|file:\/\/|node:\w|(?:^|[\s"'`(=])\/(?:work|home|root|usr|tmp|var|opt|srv|app)\//m,
  'a file': /root:x:0:0|"devDependencies"/,
  'an address': /127\.0\.0\.1|localhost/,
};

/** Everything an answer says of our inside; nothing when it is as it should be. Its keys count as well. */
export function leaksIn(answer: unknown): string[] {
  return textsIn(answer).flatMap((text) =>
    Object.entries(LEAKS)
      .filter(([, pattern]) => pattern.test(text) && pattern.test(withoutHostileTexts(text)))
      .map(([what]) => `${what} in ${JSON.stringify(text)}`),
  );
}

/** Without recursion: an answer may be nested as deeply as a request. */
function textsIn(answer: unknown): string[] {
  const texts = new Set<string>();
  const open = [answer];
  for (let value = open.pop(); value !== undefined || open.length > 0; value = open.pop()) {
    if (typeof value === 'string') texts.add(value);
    else if (typeof value === 'object' && value !== null) {
      if (!Array.isArray(value)) for (const key of Object.keys(value)) texts.add(key);
      open.push(...Object.values(value));
    }
  }
  return [...texts];
}

/**
 * Texts that look like what an answer must never say of itself. Each carries a word of ours, so that one which comes
 * back as it was sent (an event's title, the input in a 422) can be told from a leak.
 */
export const HOSTILE_TEXTS = [
  "fuzzword'; select fuzzword from sqlite_master; --",
  "fuzzword' or 1=1); insert into events values ('fuzzword') --",
  '"fuzzword"); drop table bookings; update events set title = fuzzword --',
  "fuzzword' union select null, pg_sleep(0), version() where 1=1 --",
  '../../../../work/main/node_modules/fuzzword',
  '/work/main/src/fuzzword.ts:1:2',
  'Error: fuzzword\n    at fuzzword (/work/main/src/fuzzword.ts:1:2)',
  'SQLITE_CONSTRAINT: fuzzword violates check constraint events_fuzzword',
];

/** Texts of attackers, who send them on purpose. */
export const SQL_TEXTS = [
  "' OR '1'='1",
  "1'; DROP TABLE booking; --",
  "' UNION SELECT reference FROM booking --",
  '1) OR 1=1 --',
  '"; DELETE FROM event; --',
  "\\'; UPDATE booking SET user_id = 1; --",
  '%_%',
  "' || (SELECT code FROM ticket LIMIT 1) || '",
];

/**
 * As they were sent, as GraphQL and JSON quote them, as a header can hold them, and as a query holds them that cannot be
 * decoded; none that is part of another goes first.
 */
const FORMS = [...HOSTILE_TEXTS, ...SQL_TEXTS]
  .flatMap((text) => {
    const quoted = JSON.stringify(text).slice(1, -1);
    return [text, quoted, withoutQuotes(text), inHeader(text), inPath(text), inPath(quoted)];
  })
  .sort((a, b) => b.length - a.length);

function withoutHostileTexts(text: string): string {
  return FORMS.reduce((rest, form) => rest.replaceAll(form, ''), text);
}

/** To be put between the quotes of a GraphQL document. */
export function withoutQuotes(text: string): string {
  return text.replaceAll(/["\\]/g, '');
}

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
