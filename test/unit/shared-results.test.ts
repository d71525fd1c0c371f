import { GraphQLObjectType, GraphQLSchema, GraphQLString, parse } from 'graphql';
import { expect, test } from 'vitest';
import { toPublicError } from '../../src/http/error-mapping.ts';
import type { Caller, GraphqlContext } from '../../src/http/graphql/context.ts';
import { audienceOf, SharedResults } from '../../src/http/graphql/shared-results.ts';
import type { Operation } from '../../src/http/graphql/subscription-documents.ts';
import type { RateLimits } from '../../src/http/limits/rate-limits.ts';

const ALL = { kind: 'staff', only: null } as const;
const ALICE = { kind: 'buyer', only: 'alice' } as const;
const BOB = { kind: 'buyer', only: 'bob' } as const;

function createResults() {
  const executedFor: GraphqlContext['viewer'][] = [];
  const resolve = (row: { text: string }, _args: unknown, { viewer }: GraphqlContext) => {
    executedFor.push(viewer);
    return `${row.text} for ${viewer.userId}`;
  };
  const fields = { text: { type: GraphQLString, resolve } };
  const schema = new GraphQLSchema({
    query: new GraphQLObjectType({ name: 'Query', fields }),
    subscription: new GraphQLObjectType({ name: 'Subscription', fields }),
  });
  const beginReading = () => (caller: Caller) => ({ ...caller, rateLimits: {} as RateLimits });
  const results = new SharedResults(schema, beginReading, toPublicError);
  return { results, executedFor };
}

const operation = (key: string): Operation => ({
  document: parse('subscription { text }', { noLocation: true }),
  operationName: null,
  variables: {},
  key,
});
const row = { text: 'one' };
const textOf = (written: string | null) => (JSON.parse(String(written)) as { data: { text: string } }).data.text;

test('who watch the same and may see the same get one execution, and the same text of it', async () => {
  const { results, executedFor } = createResults();
  const written = await Promise.all(Array.from({ length: 50 }, () => results.written(row, operation('a'), ALL)));
  expect(new Set(written)).toEqual(new Set(['{"data":{"text":"one for null"}}']));
  expect(executedFor).toHaveLength(1);
});

test.each([
  ['another update', { text: 'two' }, operation('a'), ALL],
  ['another document or variable', row, operation('b'), ALL],
  ['another kind of viewer', row, operation('a'), { kind: 'organizer', only: null } as const],
  ['a viewer who may see only their own', row, operation('a'), ALICE],
])('%s has an execution of its own', async (_name, update, asked, audience) => {
  const { results, executedFor } = createResults();
  await results.written(row, operation('a'), ALL);
  await results.written(update, asked, audience);
  expect(executedFor).toHaveLength(2);
});

test('two who may see only their own never share, and an execution for many is told of none of them', async () => {
  const { results, executedFor } = createResults();
  expect(textOf(await results.written(row, operation('a'), ALICE))).toBe('one for alice');
  expect(textOf(await results.written(row, operation('a'), BOB))).toBe('one for bob');
  await results.written(row, operation('a'), ALL);
  expect(executedFor).toEqual([
    { kind: 'buyer', userId: 'alice', expiresAtMs: null },
    { kind: 'buyer', userId: 'bob', expiresAtMs: null },
    { kind: 'staff', userId: null, expiresAtMs: null },
  ]);
});

test('a user who is called like nobody in particular shares with nobody', async () => {
  const { results, executedFor } = createResults();
  for (const only of ['all', 'own alice', 'null', ' '])
    await results.written(row, operation('a'), { kind: 'buyer', only });
  await results.written(row, operation('a'), { kind: 'buyer', only: null });
  await results.written(row, operation('a'), ALICE);
  expect(executedFor).toHaveLength(6);
});

test('a subscription that no guard has let in is shown nothing', () => {
  const viewer = { kind: 'buyer', userId: 'alice', expiresAtMs: null } as const;
  expect(() => audienceOf({ viewer } as GraphqlContext)).toThrow('without its guard');
  expect(audienceOf({ viewer, only: 'alice' } as GraphqlContext)).toEqual(ALICE);
});
