import * as fc from 'fast-check';
import { HOSTILE_TEXTS } from '../../support/leaks.ts';

/** JSON as it is written: with numbers that no double holds, `-0`, and keys that come twice. */
export type WrittenJson = null | boolean | number | string | readonly WrittenJson[] | Members | Written | EnumName;

/** An object whose keys may be any texts, in any order and number. */
export class Members {
  constructor(readonly entries: readonly (readonly [string, WrittenJson])[]) {}
}

/** Sent exactly so, whether it is JSON or not. */
class Written {
  constructor(readonly text: string) {}
}

/** A value of an enum: a text in variables, a bare name within a GraphQL document. */
export class EnumName {
  constructor(readonly name: string) {}
}

export function jsonText(value: WrittenJson): string {
  return textOf(value, JSON.stringify);
}

/** The same value within a GraphQL document. Keys that are no names make it one that cannot be parsed. */
export function literalText(value: WrittenJson): string {
  return textOf(value, (name) => name);
}

function textOf(value: WrittenJson, textOfName: (name: string) => string): string {
  if (value instanceof Written) return value.text;
  if (value instanceof EnumName) return textOfName(value.name);
  const inner = (one: WrittenJson) => textOf(one, textOfName);
  if (value instanceof Members) {
    return `{${value.entries.map(([key, member]) => `${textOfName(key)}:${inner(member)}`).join(',')}}`;
  }
  if (Array.isArray(value)) return `[${value.map(inner).join(',')}]`;
  return Object.is(value, -0) ? '-0' : JSON.stringify(value);
}

const LONG = 20_000;

const ODD_TEXTS = [
  '',
  ' ',
  '\u0000',
  'a\u0000b',
  '\ud800',
  'a\udfffb',
  '\udc00\ud800',
  '\ufeff',
  '\u202egnp.exe',
  '\u2028\u2029',
  'e\u0301\u0301',
  '\u{1f469}\u200d\u{1f680}',
  '\u{1f3ab}'.repeat(200),
  '\u{1f3ab}'.repeat(201),
  'x'.repeat(256),
  'null',
  'undefined',
  'NaN',
  '[object Object]',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a template must not be filled in on the way
  '${7*7}',
  '{{7*7}}',
  '<%= 7*7 %>',
  '#{7*7}',
  '%s%n%x',
  '%00',
  '<script>alert(1)</script>',
  '() => 1',
  '$where',
  '\\',
  '"',
  '`',
];

const ODD_NUMBERS = [
  '1e309',
  '-1e309',
  '1e-400',
  '-0',
  '0.1',
  '7.0',
  '1E2',
  '2147483647',
  '2147483648',
  '-2147483649',
  '4294967296',
  '9007199254740991',
  '9007199254740992',
  '9007199254740993',
  '9223372036854775808',
  '1e21',
  '123456789012345678901234567890',
  `1${'0'.repeat(400)}`,
];

const ODD_KEYS = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'length', 'then', '', '$ne'];

/** `after:5`, and of rows that there cannot be. */
const CURSORS = ['after:5', 'after:0', 'after:2147483648', 'after:-1'].map((text) =>
  Buffer.from(text).toString('base64url'),
);

export const wildText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)), maxLength: 10 }),
  fc.constantFrom(...ODD_TEXTS),
  fc.constantFrom(...HOSTILE_TEXTS),
);

const longText = fc.constantFrom('x', '\u0000', '\u{1f3ab}', '"').map((unit) => unit.repeat(LONG / 4));

const wildNumber = fc.oneof(
  fc.constantFrom(...ODD_NUMBERS).map((text) => new Written(text)),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.maxSafeInteger(),
);

const nested = fc.tuple(fc.constantFrom('[', '{"a":'), fc.constantFrom(10, 500, 1_500)).map(([open, depth]) => {
  return new Written(`${open.repeat(depth)}1${(open === '[' ? ']' : '}').repeat(depth)}`);
});

const key = fc.oneof(fc.constantFrom(...ODD_KEYS), fc.string({ unit: 'binary', maxLength: 8 }), wildText);

const toMembers = (entries: [string, WrittenJson][]) => new Members(entries);

/** Any JSON, mostly such as nobody expects. */
export const wildJson: fc.Arbitrary<WrittenJson> = fc.letrec<{ value: WrittenJson }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { weight: 4, arbitrary: wildText },
    { weight: 4, arbitrary: wildNumber },
    { weight: 2, arbitrary: fc.constantFrom(null, true, false) },
    { weight: 1, arbitrary: longText },
    { weight: 1, arbitrary: nested },
    { weight: 2, arbitrary: fc.array(tie('value'), { maxLength: 4 }) },
    { weight: 2, arbitrary: fc.array(fc.tuple(key, tie('value')), { maxLength: 4 }).map(toMembers) },
  ),
})).value;

/** Members nobody asked for, to stand beside those that were. */
export const wildMembers = fc.array(fc.tuple(key, wildJson), { minLength: 1, maxLength: 3 });

/** One of a kind that is nearly right: too long by one, a number as a text, a text as a number. */
export function nearInteger(min: number, max: number): fc.Arbitrary<WrittenJson> {
  const bounds = [min - 1, min, min + 1, max - 1, max, max + 1, 0, -1];
  const forms: ((n: number) => WrittenJson)[] = [
    (n) => n,
    (n) => String(n),
    (n) => new Written(`${n}.0`),
    (n) => new Written(`${n}.5`),
    (n) => ` ${n} `,
    (n) => `+${n}`,
    (n) => `${n}.0`,
    (n) => `${n}e0`,
    (n) => [n],
    (n) => String(n).replace(/(\d)(\d)/, '$1_$2'),
    (n) => `0${n}`,
    (n) => String(n).replace(/\d/g, (digit) => String.fromCodePoint(0x660 + Number(digit))),
  ];
  return fc.oneof(
    fc.tuple(fc.constantFrom(...bounds), fc.constantFrom(...forms)).map(([n, form]) => form(n)),
    fc.constantFrom<WrittenJson>(true, false, null, '', '0x10', '1e3', 'Infinity', 'NaN', new Written('-0')),
  );
}

/** Texts around both bounds, of characters that databases and languages count differently. */
export function nearText(min: number, max: number): fc.Arbitrary<WrittenJson> {
  const lengths = [0, min - 1, min, max, max + 1].filter((length) => length >= 0 && length <= LONG);
  return fc.oneof(
    fc
      .tuple(fc.constantFrom(...lengths), fc.constantFrom('x', ' ', '\u00e9', '\u{1f3ab}', '\u200b', '\u007f'))
      .map(([length, unit]) => unit.repeat(length)),
    fc.constantFrom<WrittenJson>(null, 7, true, ['x'], new Members([]), ...CURSORS),
  );
}

/** Times that only some calendars, parsers and databases have. */
export const nearDateTime = fc.constantFrom<WrittenJson>(
  '0000-01-01T00:00:00Z',
  '1969-12-31T23:59:59.999Z',
  '1970-01-01T00:00:00Z',
  '9999-12-31T23:59:59.999Z',
  '+010000-01-01T00:00:00Z',
  '-000001-01-01T00:00:00Z',
  '2026-02-30T00:00:00Z',
  '2026-01-01T24:00:00Z',
  '2016-12-31T23:59:60Z',
  '2026-01-01T00:00:00.123456789Z',
  '2026-01-01T00:00:00+14:00',
  '2026-01-01t00:00:00z',
  '2026-01-01T00:00:00',
  '2026-01-01',
  'now',
  'infinity',
  0,
  -1,
  8.64e15,
  8.65e15,
  null,
);
