import { expect, test } from 'vitest';
import { Turns } from '../../src/http/graphql/turns.ts';

const IN_ONE_TURN = 100;

test('thousands have their turns a hundred at a time, first come, first served, and others come in between', async () => {
  const turns = new Turns();
  const served: number[] = [];
  /** How many had been served when the loop came round. */
  const seen: number[] = [];
  const look = () => {
    seen.push(served.length);
    if (served.length < 350) setImmediate(look);
  };
  setImmediate(look);
  const watching = Promise.all(
    Array.from({ length: 350 }, async (_, n) => {
      await turns.take();
      served.push(n);
    }),
  );
  await watching;
  expect(served).toEqual(Array.from({ length: 350 }, (_, n) => n));
  expect(seen.slice(0, 3)).toEqual([IN_ONE_TURN, 2 * IN_ONE_TURN, 3 * IN_ONE_TURN]);
});

test('one alone does not wait', () => {
  const turns = new Turns();
  expect(turns.take()).toBeUndefined();
});
