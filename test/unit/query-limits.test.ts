import { buildSchema, parse, validate } from 'graphql';
import { describe, expect, test } from 'vitest';
import { type Config, readConfig } from '../../src/config.ts';
import { documentRules } from '../../src/http/graphql/query-limits.ts';

const SCHEMA = buildSchema('type Query { item: Item, id: ID } type Item { id: ID, item: Item, F: ID }');
const config = readConfig({
  GRAPHQL_MAX_DEPTH: '3',
  GRAPHQL_MAX_ALIASES: '2',
  GRAPHQL_MAX_DUPLICATES: '3',
  GRAPHQL_MAX_DIRECTIVES: '2',
});

function problems(document: string, more: Partial<Config> = {}) {
  return validate(SCHEMA, parse(document), documentRules({ ...config, ...more }));
}
const messages = (document: string, more?: Partial<Config>) => problems(document, more).map(({ message }) => message);

const FRAGMENTS = ['F', 'G', 'H', 'I'].map((name) => `fragment ${name} on Item { id }`).join(' ');

describe('a document', () => {
  test.each([
    ['aliases', '{ a: id b: id }', '{ a: id b: id c: id }', /^Aliases limit of 2 exceeded, found 3/],
    ['levels', '{ item { item { id } } }', '{ item { item { item { id } } } }', /depth limit of 3 exceeded, found 4/],
    [
      'levels within fragments',
      `{ item { ...F } } ${FRAGMENTS}`,
      '{ ...A } fragment A on Query { item { ... { item { item { id } } } } }',
      /depth limit of 3 exceeded, found 4/,
    ],
    [
      'directives',
      '{ id @include(if: true) @skip(if: false) }',
      '{ id @include(if: true) item { id @include(if: true) @skip(if: false) } }',
      /^Directives limit of 2 exceeded, found 3/,
    ],
    ['times the same field', '{ id id id }', '{ id id id id }', /same field 3 times, found 4/],
    ['times the same alias', '{ a: id a: id }', '{ a: id a: id a: id a: id }', /same field 3 times, found 4/],
    [
      'times the same fragment',
      `{ item { ...F ...F ...F } } ${FRAGMENTS}`,
      `{ item { ...F ...F ...F ...F } } ${FRAGMENTS}`,
      /same field 3 times, found 4/,
    ],
  ])('may have only so many %s', (_what, most, more, said) => {
    expect(messages(most)).toEqual([]);
    expect(messages(more)).toEqual(expect.arrayContaining([expect.stringMatching(said)]));
  });

  test('is shown where the same field is there too often', () => {
    const [problem] = problems('{ item { id id id id } }');
    expect(problem?.locations).toEqual([{ line: 1, column: 8 }]);
  });

  test.each([
    ['the same field under different names', '{ item { a: id b: id id id F } }'],
    ['different fragments', `{ item { ...F ...G ...H ...I } } ${FRAGMENTS}`],
    ['a fragment and a field of its name', `{ item { ...F ...F F F } } ${FRAGMENTS}`],
    ['fragments without a name', '{ ... { id } ... { id } ... { id } ... { id } }'],
    ['fields of different selections', '{ id item { id item { id } id } id }'],
  ])('may have %s', (_what, document) => {
    expect(messages(document)).toEqual([]);
  });

  test('may ask for the schema only where that is allowed', () => {
    const document = '{ __schema { description } }';
    expect(messages(document, { introspection: true })).toEqual([]);
    expect(messages(document, { introspection: false })).toEqual([expect.stringMatching(/introspection/)]);
  });
});
