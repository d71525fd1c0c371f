import { withoutHostileTexts } from './hostile-texts.ts';

/** What only we, our libraries and our database say. */
const LEAKS: Readonly<Record<string, RegExp>> = {
  SQL: /\b(?:select\s|insert\s+into|delete\s+from|update\s+\S+\s+set|drop\s+table|on\s+conflict|returning\s|where\s.*=)/i,
  'a driver': /SQLITE_|\b(?:sqlite|postgres|pg_\w|mikro-?orm|kysely|knex|ioredis|redis|redlock|bullmq|fastify|zod)/i,
  'a complaint of the database':
    /\bconstraint\b|violates|duplicate key|no such (?:table|column)|at or near|invalid byte sequence|out of range for type|\b(?:events|bookings|tickets)_\w+/i,
  'an error of the program':
    /\b(?:Type|Range|Reference|URI)Error\b|\w(?:Exception|Error):|is not a function|Cannot (?:read|set) prop|call stack|E(?:CONN|PIPE|NOENT)/,
  'a stack': /\s{2,}at\s\S|^\s*at\s\S+\s\(/m,
  'a path':
    /node_modules|\.[cm]?[jt]s\b|file:\/\/|node:\w|(?:^|[\s"'`(=])\/(?:work|home|root|usr|tmp|var|opt|srv|app)\//m,
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
