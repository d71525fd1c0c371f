import { expect, test } from 'vitest';
import { badInput, forbidden, notFound, rateLimited, unauthenticated } from '../../src/errors.ts';
import { RequestFailures } from '../../src/http/request-failures.ts';
import { RepeatedTrouble } from '../../src/platform/repeated-trouble.ts';
import { TurnedAway } from '../../src/platform/turned-away.ts';

type Line = readonly [level: string, about: object, message: string];

function noting(error: unknown) {
  const lines: Line[] = [];
  const write = (level: string) => (about: object, message: string) => void lines.push([level, about, message]);
  const log = { debug: write('debug'), warn: write('warn'), error: write('error') } as never;
  const database = { away: false, cost: () => undefined };
  const parts = { log, database, databaseTrouble: new RepeatedTrouble(log), turnedAway: new TurnedAway(log) };
  const shown = new RequestFailures(parts).of(null)(error);
  return { shown, lines };
}

test.each([
  badInput([{ field: 'capacity', message: 'must be at least 1' }]),
  unauthenticated('The token has expired.'),
  forbidden(),
  notFound('Event'),
  rateLimited(1_000),
])('what a caller did wrong wakes nobody up: $code', (error) => {
  expect(noting(error)).toEqual({
    shown: error,
    lines: [['debug', { err: error, code: error.code }, 'a request failed']],
  });
});

test('a mistake of ours is told as an error, in whole, and the caller is told nothing of it', () => {
  const mistake = Object.assign(new Error('column "nme" does not exist'), { code: '42703' });
  const { shown, lines } = noting(mistake);
  expect(shown.message).toBe('Internal server error');
  expect(lines).toEqual([
    ['debug', { err: mistake, code: 'INTERNAL_SERVER_ERROR' }, 'a request failed'],
    ['error', expect.objectContaining({ err: mistake }), 'a request failed by a mistake of ours'],
  ]);
});
