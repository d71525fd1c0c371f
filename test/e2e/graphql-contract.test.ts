import { readdir, readFile } from 'node:fs/promises';
import {
  buildSchema,
  type GraphQLNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isSpecifiedDirective,
  isUnionType,
  printSchema,
} from 'graphql';
import { describe, expect, test } from 'vitest';
import { buildGraphqlSchema } from '../../src/api/graphql-schema.ts';

const folder = new URL('../contract/', import.meta.url);
const additions = (await readdir(new URL('additions/', folder))).map((file) => `additions/${file}`);
const texts = ['schema.graphql', ...additions].map((file) => readFile(new URL(file, folder), 'utf8'));
const contract = buildSchema((await Promise.all(texts)).join('\n'));
const ours = buildSchema(printSchema(buildGraphqlSchema()));

const promised = Object.values(contract.getTypeMap()).filter((type) => !type.name.startsWith('__'));
const built = Object.values(ours.getTypeMap()).filter(
  (type) => !type.name.startsWith('__') && !['Int', 'String', 'Boolean', 'Float', 'ID'].includes(type.name),
);

describe('our schema', () => {
  test.each(promised.map((type) => type.name))('has the whole of %s as the contract has it', (name) => {
    expect(ours.getType(name)).toBeDefined();
    expect(partsOf(ours.getType(name) as GraphQLNamedType)).toEqual(
      expect.arrayContaining(partsOf(contract.getType(name) as GraphQLNamedType)),
    );
  });

  test('asks for no argument or input that the contract does not ask for', () => {
    const required = built.flatMap(requiredInputs);
    expect(required.filter((input) => !promised.flatMap(requiredInputs).includes(input))).toEqual([]);
  });

  test('adds no member to a union of the contract, which its clients could not read', () => {
    const members = (types: readonly GraphQLNamedType[]) =>
      types.filter(isUnionType).map((union) => [
        union.name,
        union
          .getTypes()
          .map((type) => type.name)
          .sort(),
      ]);
    expect(members(built)).toEqual(expect.arrayContaining(members(promised)));
  });

  test('explains every type, field, argument, input and enum value', () => {
    expect(built.flatMap(unexplained)).toEqual([]);
    const directives = ours.getDirectives().filter((directive) => !isSpecifiedDirective(directive));
    expect(directives.filter((directive) => !directive.description)).toEqual([]);
  });
});

/** One line per thing a client can rely on: `Query.bookings(first: Int = 20)`. */
function partsOf(type: GraphQLNamedType): string[] {
  const kind = `${type.constructor.name} ${type.name}`;
  if (isEnumType(type)) return [kind, ...type.getValues().map((value) => value.name)];
  if (isUnionType(type)) return [kind, ...type.getTypes().map((member) => member.name)];
  if (isInputObjectType(type)) return [kind, ...Object.values(type.getFields()).map(inputLine)];
  if (isObjectType(type) || isInterfaceType(type)) {
    const lines = Object.values(type.getFields()).flatMap((field) => [
      `${field.name}: ${field.type}`,
      ...field.args.map((arg) => `${field.name}(${inputLine(arg)})`),
    ]);
    return [kind, ...lines];
  }
  return [kind];
}

function inputLine(input: { name: string; type: unknown; defaultValue?: unknown }): string {
  const standard = input.defaultValue === undefined ? '' : ` = ${JSON.stringify(input.defaultValue)}`;
  return `${input.name}: ${input.type}${standard}`;
}

function requiredInputs(type: GraphQLNamedType): string[] {
  const required = (path: string, inputs: readonly { name: string; type: unknown; defaultValue?: unknown }[]) =>
    inputs
      .filter((input) => String(input.type).endsWith('!') && input.defaultValue === undefined)
      .map((input) => `${path}.${input.name}`);
  if (isInputObjectType(type)) return required(type.name, Object.values(type.getFields()));
  if (!isObjectType(type)) return [];
  return Object.values(type.getFields()).flatMap((field) => required(`${type.name}.${field.name}`, field.args));
}

function unexplained(type: GraphQLNamedType): string[] {
  const missing = type.description ? [] : [type.name];
  const check = (path: string, parts: readonly { name: string; description?: string | null | undefined }[]) => {
    for (const part of parts) if (!part.description) missing.push(`${path}.${part.name}`);
  };
  if (isEnumType(type)) check(type.name, type.getValues());
  if (isInputObjectType(type)) check(type.name, Object.values(type.getFields()));
  if (isObjectType(type)) {
    const fields = Object.values(type.getFields());
    check(type.name, fields);
    for (const field of fields) check(`${type.name}.${field.name}`, field.args);
  }
  return missing;
}
