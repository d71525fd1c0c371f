import { inHeader, inPath } from './percent-encoding.ts';

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
  'SQLITE_CONSTRAINT: fuzzword violates check constraint "events_fuzzword"',
];

/**
 * As they were sent, as GraphQL and JSON quote them, as a header can hold them, and as a query holds them that cannot be
 * decoded; none that is part of another goes first.
 */
const FORMS = HOSTILE_TEXTS.flatMap((text) => {
  const quoted = JSON.stringify(text).slice(1, -1);
  return [text, quoted, inHeader(text), inPath(text), inPath(quoted)];
}).sort((a, b) => b.length - a.length);

export function withoutHostileTexts(text: string): string {
  return FORMS.reduce((rest, form) => rest.replaceAll(form, ''), text);
}
