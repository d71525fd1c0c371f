import { expect, test } from 'vitest';
import { ratesOf, someOf, withMark } from '../../src/web/pages/dashboard/sales/sales-data.ts';

const mark = (at: number, booked: number, final = booked) => ({ at, booked, final });

test('what comes now is drawn behind what was known, whatever the clocks say, and nothing twice', () => {
  const known = [mark(1_000, 3)];
  expect(withMark(known, mark(2_000, 5))).toEqual([mark(1_000, 3), mark(2_000, 5)]);
  expect(withMark(known, mark(500, 5))).toEqual([mark(1_000, 3), mark(1_000, 5)]);
  expect(withMark(known, mark(2_000, 3))).toBe(known);
});

test('a page that stays open for weeks keeps the whole curve in a bounded number of marks, with the last', () => {
  let marks: readonly ReturnType<typeof mark>[] = [];
  for (let i = 0; i < 9_000; i++) marks = withMark(marks, mark(i, i));
  expect(marks.length).toBeLessThanOrEqual(4_000);
  expect([marks[0], marks.at(-1)]).toEqual([mark(0, 0), mark(8_999, 8_999)]);
});

test('bars say how many places were booked per second, and together all of them', () => {
  const marks = [mark(0, 0), mark(500, 10), mark(1_500, 10), mark(2_500, 40), mark(600_000, 700)];
  expect(ratesOf(marks, 0, 3_000)).toEqual([
    { at: 500, perSecond: 10 },
    { at: 1_500, perSecond: 0 },
    { at: 2_500, perSecond: 30 },
  ]);
  const bars = ratesOf(marks, 0, 600_000);
  expect(bars.length).toBeLessThanOrEqual(120);
  expect(bars.reduce((sum, { perSecond }) => sum + perSecond * 5, 0)).toBeCloseTo(700);
  expect(ratesOf([], 0, 1_000)).toEqual([]);
});

test('a table has a few rows, evenly over the time, and the last', () => {
  const marks = Array.from({ length: 1_000 }, (_, i) => mark(i * 1_000, i));
  const rows = someOf(marks, 11);
  expect(rows.map(({ booked }) => booked)).toEqual([0, 99, 199, 299, 399, 499, 599, 699, 799, 899, 999]);
  expect(someOf(marks.slice(0, 2), 11)).toEqual(marks.slice(0, 2));
});
