import { expect, test } from 'vitest';
import { findJsonFault } from '../../src/http/rest/json-fault.ts';

/** Written down from Python's json module (3.11). */
test.each([
  ['', 'Expecting value', 0],
  ['  ', 'Expecting value', 2],
  ['{', 'Expecting property name enclosed in double quotes', 1],
  ['{bad', 'Expecting property name enclosed in double quotes', 1],
  ["{'a': 1}", 'Expecting property name enclosed in double quotes', 1],
  ['{"a": 1,}', 'Expecting property name enclosed in double quotes', 8],
  ['{"a" 1}', "Expecting ':' delimiter", 5],
  ['{"a":', 'Expecting value', 5],
  ['{"a": 1 "b"}', "Expecting ',' delimiter", 8],
  ['{"a": 01}', "Expecting ',' delimiter", 7],
  ['{"a": 1', "Expecting ',' delimiter", 7],
  ['[1, 2', "Expecting ',' delimiter", 5],
  ['[1,]', 'Expecting value', 3],
  ['[[], {}, x]', 'Expecting value', 9],
  ['nul', 'Expecting value', 0],
  ['1.', 'Extra data', 1],
  ['{} {}', 'Extra data', 3],
  ['"abc', 'Unterminated string starting at', 0],
  ['["a\\', 'Unterminated string starting at', 1],
  ['"a\nb"', 'Invalid control character at', 2],
  ['"a\\xb"', 'Invalid \\escape', 2],
  ['"\\u12g4"', 'Invalid \\uXXXX escape', 2],
  ['"\\u1234', 'Invalid \\uXXXX escape', 2],
  ['{"🎫": x}', 'Expecting value', 6],
  ['['.repeat(100_000), 'Expecting value', 100_000],
])('what is wrong with %.20j, and where', (text, message, position) => {
  expect(() => JSON.parse(text)).toThrow(SyntaxError);
  expect(findJsonFault(text)).toMatchObject({ message, position });
});
