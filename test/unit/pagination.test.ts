import { expect, test } from 'vitest';
import { encodeCursor, pageOf, pageRequest } from '../../src/pagination.ts';

test('a page has 20 rows unless told otherwise, and at most 100', () => {
  expect(pageRequest(undefined, undefined)).toEqual({ size: 20, before: null });
  expect(pageRequest(null, null)).toEqual({ size: 20, before: null });
  expect([pageRequest(1, null).size, pageRequest(100, null).size]).toEqual([1, 100]);
});

test.each([0, -1, 101, 1.5, Number.NaN])('a page of %d rows is bad input', (first) => {
  const problems = [{ field: 'first', message: 'must be a whole number from 1 to 100' }];
  expect(() => pageRequest(first, null)).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT', problems }));
});

test('a cursor leads to what follows its row', () => {
  expect(pageRequest(5, encodeCursor(42))).toEqual({ size: 5, before: 42 });
});

test.each([
  '',
  'abc',
  '42',
  btoa('after:'),
  btoa('after:0'),
  btoa('after:-1'),
  btoa('after:99999999999'),
  btoa('x after:1'),
  btoa('after:1 x'),
])('the cursor %j is bad input', (after) => {
  const problems = [{ field: 'after', message: 'must be a cursor of this list' }];
  expect(() => pageRequest(5, after)).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT', problems }));
});

test('one row more than the page holds tells that another follows', () => {
  const request = { size: 2, before: null };
  const first = { hasPreviousPage: false };
  expect(pageOf([3, 2, 1], request)).toEqual({ ...first, items: [3, 2], hasNextPage: true });
  expect(pageOf([3, 2], request)).toEqual({ ...first, items: [3, 2], hasNextPage: false });
  expect(pageOf([], request)).toEqual({ ...first, items: [], hasNextPage: false });
});

test('a page that was asked for with a cursor has rows before it, the first page has none', () => {
  expect(pageOf([3, 2], { size: 2, before: null })).toMatchObject({ hasPreviousPage: false });
  expect(pageOf([3, 2], { size: 2, before: 4 })).toMatchObject({ hasPreviousPage: true });
});
