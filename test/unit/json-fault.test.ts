import { expect, test } from 'vitest';
import { jsonFault } from '../../src/http/rest/json-body.ts';

test.each([
  ['', 'value expected', 0],
  ['  ', 'value expected', 2],
  ['{', 'close brace expected', 1],
  ['{bad', 'invalid symbol', 1],
  ['{"a": 1,}', 'property name expected', 8],
  ['{"a" 1}', 'colon expected', 5],
  ['{"a": 1 "b"}', 'comma expected', 8],
  ['{"a": 01}', 'comma expected', 7],
  ['[1, 2', 'close bracket expected', 5],
  ['[1] // no comments', 'invalid comment token', 4],
  ['{} {}', 'end of file expected', 3],
  ['"abc', 'unexpected end of string', 0],
  ['{"🎫": x}', 'invalid symbol', 6],
])('of JSON such as %.20j it is told what is wrong and where, in characters', (text, error, position) => {
  expect(() => JSON.parse(text)).toThrow(SyntaxError);
  expect(jsonFault(text)).toMatchObject({ loc: ['body', position], ctx: { error } });
});
