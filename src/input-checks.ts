import { z } from 'zod';
import { badInput } from './errors.ts';

/** The largest id and count the tables hold (32-bit). */
export const MAX_INTEGER = 2_147_483_647;

/** The row id that a client's ID stands for, or null when no row can have it. */
export function parseId(id: string | number): number | null {
  const text = String(id);
  if (!/^[1-9]\d{0,9}$/.test(text)) return null;
  const value = Number(text);
  return value <= MAX_INTEGER ? value : null;
}

// They stand in the OpenAPI document, so they are of what every dialect understands: no \u, \p or lookahead.
const CONTROL = '\\x00-\\x1F\\x7F-\\x9F';
const CONTROL_IN_LINES = '\\x00-\\x08\\x0B\\x0C\\x0E-\\x1F\\x7F-\\x9F';
const ANY_TEXT = new RegExp(`^[^${CONTROL}]*$`);
const NOT_BLANK = notBlank(CONTROL);
const PARAGRAPHS = notBlank(CONTROL_IN_LINES);

/** What comes before the first thing to read is blank: with only one way to match, a long text is decided on at once. */
function notBlank(control: string): RegExp {
  return new RegExp(`^[^\\S${control}]*[^\\s${control}][^${control}]*$`);
}

/** Text of `min` to `max` characters that every database stores as it is: well-formed, without control characters. */
export function text(min: number, max: number) {
  return textLike(ANY_TEXT, 'must not contain control characters', min, max);
}

/** The same, with something to read in it. */
export function title(min: number, max: number) {
  return textLike(NOT_BLANK, 'must not be blank or contain control characters', min, max);
}

/** Text of several lines: line breaks and tabs are the control characters that it may have. */
export function paragraphs(min: number, max: number) {
  return textLike(
    PARAGRAPHS,
    'must not be blank or contain control characters other than line breaks and tabs',
    min,
    max,
  );
}

function textLike(pattern: RegExp, rule: string, min: number, max: number) {
  const message = `must have ${min} to ${max} characters`;
  return z
    .string()
    .check(({ value: input, issues }) => {
      const length = [...input].length;
      const issue = { origin: 'string', inclusive: true, continue: true, input, message } as const;
      if (length < min) issues.push({ ...issue, code: 'too_small', minimum: min });
      if (length > max) issues.push({ ...issue, code: 'too_big', maximum: max });
    })
    .regex(pattern, rule)
    .refine((s) => s.isWellFormed(), rule)
    .meta({ minLength: min, maxLength: max });
}

export function integer(min: number, max: number) {
  const message = `must be a whole number from ${min} to ${max}`;
  return whole(message).min(min, message).max(max, message);
}

/** Of a REST path. Ids below 1 are just unknown, so there is no minimum. */
export const ROW_ID = whole('must be a whole number').max(MAX_INTEGER);

function whole(message: string) {
  return z.number(message).refine(Number.isInteger, message).meta({ type: 'integer' });
}

/** A list may have thousands. */
const MAX_PROBLEMS = 100;

/** @throws BoxOfficeError BAD_USER_INPUT naming every field that is wrong; the first 100 */
export function check<T>(schema: z.ZodType<T>, input: unknown): T {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.slice(0, MAX_PROBLEMS);
  throw badInput(issues.map((issue) => ({ field: issue.path.join('.'), message: issue.message })));
}
