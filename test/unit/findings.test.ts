import { expect, test } from 'vitest';
import { Findings, MAX_ROWS_NAMED } from '../../src/audit/findings.ts';

const ids = (count: number, from = 1) => Array.from({ length: count }, (_, i) => from + i);

test('a promise is named with the rows that break it, in the order they were found', () => {
  const findings = new Findings();
  findings.note('one', 'event', [7]);
  findings.note('two', 'booking', [1, 2]);
  findings.note('one', 'booking', [9]);
  expect(findings.all).toEqual([
    { promise: 'one', rows: ['event 7', 'booking 9'] },
    { promise: 'two', rows: ['booking 1', 'booking 2'] },
  ]);
});

test('a promise that nothing breaks is not named', () => {
  const findings = new Findings();
  findings.note('one', 'event', []);
  expect(findings.all).toEqual([]);
});

test('no more than a hundred rows of a promise are named, however they were found', () => {
  const findings = new Findings();
  findings.note('at once', 'booking', ids(150));
  findings.note('by and by', 'booking', ids(99));
  findings.note('by and by', 'booking', ids(99, 100));
  const first = ids(MAX_ROWS_NAMED).map((id) => `booking ${id}`);
  expect(first).toHaveLength(100);
  expect(findings.all.map(({ rows }) => rows)).toEqual([first, first]);
});
