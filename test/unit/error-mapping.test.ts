import { expect, test } from 'vitest';
import { badInput, forbidden, notFound, rateLimited, unauthenticated } from '../../src/errors.ts';
import { publicError } from '../../src/http/error-mapping.ts';

type Line = readonly [level: string, about: object, message: string];

function told(error: unknown): Line[] {
  const lines: Line[] = [];
  const write = (level: string) => (about: object, message: string) => void lines.push([level, about, message]);
  publicError(error, { debug: write('debug'), warn: write('warn'), error: write('error') } as never);
  return lines;
}

test.each([
  badInput([{ field: 'capacity', message: 'must be at least 1' }]),
  unauthenticated('The token has expired.'),
  forbidden(),
  notFound('Event'),
  rateLimited(1_000),
])('what a caller did wrong wakes nobody up: $code', (error) => {
  expect(told(error)).toEqual([['debug', { err: error, code: error.code }, 'request failed']]);
});

test('a mistake of ours is told as an error, in whole, and the caller is told nothing of it', () => {
  const mistake = Object.assign(new Error('column "nme" does not exist'), { code: '42703' });
  expect(told(mistake)).toEqual([['error', { err: mistake, code: 'INTERNAL_SERVER_ERROR' }, 'request failed']]);
  const { debug, warn, error } = { debug: () => undefined, warn: () => undefined, error: () => undefined };
  expect(publicError(mistake, { debug, warn, error } as never).message).toBe('Internal server error');
});
