import { expect, test } from 'vitest';
import { z } from 'zod';
import { check, integer, MAX_INTEGER, paragraphs, parseId, text, title } from '../../src/input-checks.ts';

test.each([
  ['1', 1],
  [7, 7],
  [String(MAX_INTEGER), MAX_INTEGER],
  [MAX_INTEGER + 1, null],
  ['99999999999999999999', null],
  ['0', null],
  ['-1', null],
  ['1.0', null],
  ['1e3', null],
  [' 1', null],
  ['01', null],
  ['', null],
  ['1; drop table events', null],
  [Number.NaN, null],
])('the ID %j is row %j', (id, row) => {
  expect(parseId(id)).toBe(row);
});

test('text is counted in characters, not in UTF-16 units', () => {
  expect(text(1, 2).safeParse('🎫🎫').success).toBe(true);
  expect(text(1, 2).safeParse('🎫🎫🎫').success).toBe(false);
  expect(text(1, 2).safeParse('').success).toBe(false);
});

test.each(['\u0000', 'a\nb', '\u007f', '\ud800'])(
  'text that a database may refuse or change is bad input: %j',
  (value) => {
    expect(text(1, 10).safeParse(value).success).toBe(false);
  },
);

test.each([0, 11, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '5'])('%j is no whole number from 1 to 10', (value) => {
  expect(integer(1, 10).safeParse(value).success).toBe(false);
});

test.each([
  ['title', title(1, 10)],
  ['paragraphs', paragraphs(1, 10)],
])('what is far too long to be a %s is refused in milliseconds, wherever it is wrong', (_name, rules) => {
  const begin = performance.now();
  for (const wrong of [`${'x'.repeat(60_000)}\u0000`, `${' '.repeat(60_000)}\u0000`, ' '.repeat(60_000)]) {
    expect(rules.safeParse(wrong).success).toBe(false);
  }
  // With two ways to match, this took 5 seconds.
  expect(performance.now() - begin).toBeLessThan(500);
});

test('check names every field that is wrong', () => {
  const schema = z.object({ title: text(1, 5), capacity: integer(1, 10), place: text(1, 5) });
  const input = { title: '', capacity: 0, place: 'ok' };
  let problems: unknown;
  try {
    check(schema, input);
  } catch (error) {
    problems = error;
  }
  expect(problems).toMatchObject({
    code: 'BAD_USER_INPUT',
    problems: [
      { field: 'title', message: 'must have 1 to 5 characters' },
      { field: 'capacity', message: 'must be a whole number from 1 to 10' },
    ],
  });
});
