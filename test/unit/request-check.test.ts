import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { EVENT_CREATE } from '../../src/events/event.requests.ts';
import type { Fault } from '../../src/http/rest/faults.ts';
import { compileCheck } from '../../src/http/rest/request-check.ts';
import { integer, text } from '../../src/input-checks.ts';

function faultsOf(input: unknown, rules: z.ZodObject = EVENT_CREATE): Fault[] {
  const faults: Fault[] = [];
  compileCheck(rules, 'body')(input, faults);
  return faults;
}

function readCapacity(capacity: unknown): unknown {
  const faults: Fault[] = [];
  const value = compileCheck(EVENT_CREATE, 'body')({ title: 'Concert', capacity }, faults);
  return faults.length > 0 ? faults : value['capacity'];
}

/** Written down from FastAPI 0.142 with pydantic 2.13. */
describe('a request is found faulty in the words of pydantic when it has', () => {
  const title = ['body', 'title'];
  const capacity = ['body', 'capacity'];
  const notAnObject = 'Input should be a valid dictionary or object to extract fields from';
  const unparsable = 'Input should be a valid integer, unable to parse string as an integer';
  const fractional = 'Input should be a valid integer, got a number with a fractional part';

  test.each<[string, unknown, Fault[]]>([
    ['no body', undefined, [{ type: 'missing', loc: ['body'], msg: 'Field required', input: null }]],
    ['null', null, [{ type: 'missing', loc: ['body'], msg: 'Field required', input: null }]],
    ['an array', [], [{ type: 'model_attributes_type', loc: ['body'], msg: notAnObject, input: [] }]],
    ['a text', 'x', [{ type: 'model_attributes_type', loc: ['body'], msg: notAnObject, input: 'x' }]],
    ['a number', 5, [{ type: 'model_attributes_type', loc: ['body'], msg: notAnObject, input: 5 }]],
    [
      'nothing in it',
      { other: 1 },
      [
        { type: 'missing', loc: title, msg: 'Field required', input: { other: 1 } },
        { type: 'missing', loc: capacity, msg: 'Field required', input: { other: 1 } },
      ],
    ],
    [
      'too little',
      { title: '', capacity: 0 },
      [
        {
          type: 'string_too_short',
          loc: title,
          msg: 'String should have at least 1 character',
          input: '',
          ctx: { min_length: 1 },
        },
        {
          type: 'greater_than_equal',
          loc: capacity,
          msg: 'Input should be greater than or equal to 1',
          input: 0,
          ctx: { ge: 1 },
        },
      ],
    ],
    [
      'too much',
      { title: 'x'.repeat(201), capacity: 2 ** 31 },
      [
        {
          type: 'string_too_long',
          loc: title,
          msg: 'String should have at most 200 characters',
          input: 'x'.repeat(201),
          ctx: { max_length: 200 },
        },
        {
          type: 'less_than_equal',
          loc: capacity,
          msg: 'Input should be less than or equal to 2147483647',
          input: 2 ** 31,
          ctx: { le: 2147483647 },
        },
      ],
    ],
    [
      'other types',
      { title: 5, capacity: null },
      [
        { type: 'string_type', loc: title, msg: 'Input should be a valid string', input: 5 },
        { type: 'int_type', loc: capacity, msg: 'Input should be a valid integer', input: null },
      ],
    ],
    [
      'a fraction',
      { title: 'a', capacity: 7.5 },
      [{ type: 'int_from_float', loc: capacity, msg: fractional, input: 7.5 }],
    ],
    [
      'a fraction as text',
      { title: 'a', capacity: '7.5' },
      [{ type: 'int_parsing', loc: capacity, msg: unparsable, input: '7.5' }],
    ],
    [
      'infinity',
      { title: 'a', capacity: Infinity },
      [{ type: 'finite_number', loc: capacity, msg: 'Input should be a finite number', input: Infinity }],
    ],
    [
      'an array for a number',
      { title: 'a', capacity: [1] },
      [{ type: 'int_type', loc: capacity, msg: 'Input should be a valid integer', input: [1] }],
    ],
  ])('%s', (_what, input, expected) => {
    expect(faultsOf(input)).toEqual(expected);
  });
});

describe('an integer is read as laxly as pydantic reads it', () => {
  test.each([
    [7, 7],
    [7.0, 7],
    [true, 1],
    ['7', 7],
    [' 7 ', 7],
    ['\t7\n', 7],
    ['\u00a07\u0085', 7],
    ['+7', 7],
    ['007', 7],
    ['7.0', 7],
    ['7.000', 7],
    ['1_000', 1000],
    ['1_0.0', 10],
  ])('%j counts as %i', (input, expected) => {
    expect(readCapacity(input)).toBe(expected);
  });

  test.each([
    '',
    ' ',
    '7.',
    '.0',
    '7.5',
    '1e3',
    '0x10',
    '_1',
    '1_',
    '1__0',
    '+ 7',
    '--7',
    '7 .0',
    '\u0667',
    '\ufeff7',
    '7\u0000',
  ])('%j counts as none', (input) => {
    expect(readCapacity(input)).toEqual([expect.objectContaining({ type: 'int_parsing', input })]);
  });

  test.each([0, -1, -0.0, false, '0', '-0', '-7.0', '-'.padEnd(30, '9')])('%j is too small', (input) => {
    expect(readCapacity(input)).toEqual([expect.objectContaining({ type: 'greater_than_equal', input })]);
  });

  test.each([2147483648, 2 ** 63, 1e300, '2147483648.0', '9'.repeat(400)])('%j is too large', (input) => {
    expect(readCapacity(input)).toEqual([expect.objectContaining({ type: 'less_than_equal', input })]);
  });
});

describe('a title', () => {
  test('is counted in characters, not in UTF-16 units', () => {
    expect(faultsOf({ title: '🎫'.repeat(200), capacity: 1 })).toEqual([]);
    expect(faultsOf({ title: '🎫'.repeat(201), capacity: 1 })).toEqual([
      expect.objectContaining({ type: 'string_too_long' }),
    ]);
  });

  test.each(['   ', '\u3000', 'a\u0000b', 'a\nb', 'a\u0085b', 'a\ud800b'])(
    'that no database or reader can make sense of is refused together with the other faults: %j',
    (title) => {
      expect(faultsOf({ title, capacity: 0 })).toEqual([
        {
          type: 'value_error',
          loc: ['body', 'title'],
          msg: 'Value error, must not be blank or contain control characters',
          input: title,
          ctx: { error: {} },
        },
        expect.objectContaining({ type: 'greater_than_equal' }),
      ]);
    },
  );
});

test('half of a surrogate pair is no text', () => {
  const note = z.object({ note: text(0, 10) });
  expect(faultsOf({ note: '🎫' }, note)).toEqual([]);
  expect(faultsOf({ note: 'a\ud83c' }, note)).toMatchObject([{ type: 'value_error', loc: ['body', 'note'] }]);
});

describe('a body', () => {
  test('cannot bring fields along in its prototype', () => {
    const inherited = JSON.parse('{"__proto__": {"title": "a", "capacity": 1}}');
    expect(faultsOf(inherited).map(({ type }) => type)).toEqual(['missing', 'missing']);
    expect(faultsOf(Object.create({ title: 'a', capacity: 1 })).map(({ type }) => type)).toEqual([
      'missing',
      'missing',
    ]);
  });

  test('loses what the schema does not name and gains its defaults', () => {
    const schema = z.object({ quantity: integer(1, 9).default(1), note: text(0, 10).optional() });
    expect(compileCheck(schema, 'body')({ other: 2 }, [])).toEqual({ quantity: 1 });
  });
});
