import { buildSchema, GraphQLError, type GraphQLSchema, parse } from 'graphql';
import { describe, expect, test } from 'vitest';
import { assertComplexity } from '../../src/http/graphql/query-complexity.ts';

const SCHEMA = buildSchema(`
  type Query { one: Item, many(first: Int): Page, always: [Item!]!, perhaps: [Item], numbered(from: Int): Item }
  type Page { edges: [Edge!]! }
  type Edge { cursor: String }
  type Item { id: ID }
`);

interface Asked {
  readonly variables?: Record<string, unknown>;
  readonly operationName?: string;
  readonly schema?: GraphQLSchema;
}

function refusal(document: string, max: number, { variables, operationName, schema = SCHEMA }: Asked = {}): unknown {
  try {
    assertComplexity(schema, parse(document), { variables, operationName }, max);
    return null;
  } catch (error) {
    return error;
  }
}

function expectFields(document: string, fields: number, asked?: Asked): void {
  expect(refusal(document, fields, asked)).toBeNull();
  const error = refusal(document, fields - 1, asked);
  expect(error).toBeInstanceOf(GraphQLError);
  expect((error as Error).message).toMatch(new RegExp(`too complex: ${fields} fields, at most ${fields - 1}\\b`));
}

/** A page of `fields` in all. */
const page = (args: string) => `{ many${args} { edges { cursor } } }`;
const pageOf = (rows: number) => 1 + 2 * rows;

describe('an operation is counted', () => {
  test.each([
    ['a field as one', '{ numbered(from: 9) { a: id b: id c: id d: id } }', 5],
    ['a list as ten', '{ always { id } }', 11],
    ['a list that may be null as ten', '{ perhaps { id } }', 11],
    ['a page as long as was asked for', page('(first: 5)'), pageOf(5)],
    ['a page of no said length as twenty', page(''), pageOf(20)],
    ['a page of null as twenty', page('(first: null)'), pageOf(20)],
    [
      'a page of less than one as one, which takes nothing from others',
      '{ a: many(first: -9) { edges { cursor } } b: always { id } }',
      14,
    ],
    ['a page beyond the largest as the largest', page('(first: 5000)'), pageOf(100)],
    [
      'what tells of the schema as nothing',
      '{ __schema { types { name fields { name } } } always { id __typename } }',
      11,
    ],
  ])('%s', (_what, document, fields) => {
    expectFields(document, fields);
  });

  test('with its variables, given or by default', () => {
    const document = `query ($n: Int = 7) ${page('(first: $n)')}`;
    expectFields(document, pageOf(5), { variables: { n: 5 } });
    expectFields(document, pageOf(7), { variables: {} });
    expectFields(document, pageOf(7));
  });

  test('by its name, without the others of the document', () => {
    const document = `query Long ${page('(first: 50)')} query Short { always { id } }`;
    expectFields(document, pageOf(50), { operationName: 'Long' });
    expectFields(document, 11, { operationName: 'Short' });
  });
});

describe('an operation', () => {
  test('that is not there, or whose variables fit no type, is left to the execution', () => {
    expect(refusal(`query A ${page('')}`, 2, { operationName: 'B' })).toBeNull();
    expect(refusal(`query ($n: Int!) ${page('(first: $n)')}`, 2, { variables: { n: 'many' } })).toBeNull();
  });

  test('is refused as bad input', () => {
    expect(refusal(page(''), 10)).toMatchObject({ extensions: { code: 'BAD_USER_INPUT', http: { status: 400 } } });
  });

  test('of fragments within fragments without end is refused as soon as it has twice as many selections as may be', () => {
    const selections = (count: number) => Array.from({ length: count }, () => '... { __typename }').join(' ');
    expect(refusal(`{ always { ${selections(9)} } }`, 11)).toBeNull();
    const refused = refusal(`{ always { ${selections(50)} } }`, 11);
    expect(refused).toMatchObject({ extensions: { code: 'BAD_USER_INPUT' } });
    expect((refused as Error).message).toMatch(/number of (allowed )?nodes/);
  });

  test('with a directive of no known value is refused as bad input', () => {
    const refused = refusal('{ one { id @include(if: "yes") } }', 10);
    expect(refused).toMatchObject({ extensions: { code: 'BAD_USER_INPUT' } });
  });

  test('is not to blame for an error of ours', () => {
    const broken = new TypeError('ours');
    const schema = Object.create(SCHEMA, {
      getQueryType: {
        value: () => {
          throw broken;
        },
      },
    }) as GraphQLSchema;
    expect(refusal('{ one { id } }', 10, { schema })).toBe(broken);
  });
});
