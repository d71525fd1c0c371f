import * as fc from 'fast-check';
import {
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLNamedInputType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isNonNullType,
  isObjectType,
  isScalarType,
  isUnionType,
  OperationTypeNode,
} from 'graphql';
import { EnumName, jsonText, literalText, Members, type WrittenJson, wildJson, wildMembers } from './arbitrary-json.ts';
import { arbitraryOfSchema, type InputSchema } from './arbitrary-of-schema.ts';

/** One thing that can be asked for. */
export interface GraphqlOperation {
  readonly kind: OperationTypeNode;
  readonly field: GraphQLField<unknown, unknown>;
}

export function operationsOf(schema: GraphQLSchema): GraphqlOperation[] {
  return Object.values(OperationTypeNode).flatMap((kind) =>
    Object.values(schema.getRootType(kind)?.getFields() ?? {}).map((field) => ({ kind, field })),
  );
}

/** The payload of a request, in JSON: arguments as variables, or within the document. */
export function arbitraryGraphqlRequest({ kind, field }: GraphqlOperation): fc.Arbitrary<string> {
  const { name, args, type } = field;
  const selection = selectionOf(type);
  const declared = args.map((argument) => `$${argument.name}: ${argument.type}`).join(', ');
  const passed = args.map((argument) => `${argument.name}: $${argument.name}`).join(', ');
  const withVariables = `${kind} Fuzz${inBrackets(declared)} { ${name}${inBrackets(passed)} ${selection} }`;
  const literals = (value: WrittenJson) => {
    const text = literalText(value);
    return `${kind} Fuzz { ${name}${inBrackets(value instanceof Members ? text.slice(1, -1) : text)} ${selection} }`;
  };
  const values = arbitraryOfSchema(objectSchema(field.args));
  const variables = values.map((value) => Object.entries<WrittenJson>({ query: withVariables, variables: value }));
  return fc.oneof(
    { weight: 13, arbitrary: variables.map(payload) },
    { weight: 6, arbitrary: values.map((value) => payload([['query', literals(value)]])) },
    { weight: 1, arbitrary: fc.tuple(variables, extras).map(([known, more]) => payload([...known, ...more])) },
  );
}

/** What else a payload may have, and what stands there twice. */
const extras = fc.oneof(
  wildMembers,
  fc.tuple(fc.constantFrom('operationName', 'extensions'), wildJson).map((one) => [one]),
);

function payload(members: readonly (readonly [string, WrittenJson])[]): string {
  return jsonText(new Members(members));
}

function inBrackets(text: string): string {
  return text === '' ? '' : `(${text})`;
}

type InputValue = { readonly name: string; readonly type: GraphQLInputType };

function objectSchema(values: readonly InputValue[]): InputSchema {
  return {
    type: 'object',
    required: values.filter(({ type }) => isNonNullType(type)).map(({ name }) => name),
    properties: Object.fromEntries(values.map(({ name, type }) => [name, schemaOf(type)])),
  };
}

const SCALARS: Readonly<Record<string, InputSchema>> = {
  // The first rows; and what is an id of a user only.
  ID: { type: 'integer', minimum: 1, maximum: 2_147_483_647, examples: ['1', '2', 1, 'alice'] },
  Int: { type: 'integer', minimum: 1, maximum: 2_147_483_647 },
  String: { type: 'string', minLength: 1, maxLength: 255 },
  DateTime: { type: 'date-time' },
};

function schemaOf(given: GraphQLInputType): InputSchema {
  const type = getNullableType(given) as GraphQLNamedInputType;
  if (isInputObjectType(type)) return objectSchema(Object.values(type.getFields()));
  if (isEnumType(type)) return { type: 'enum', examples: type.getValues().map(({ name }) => new EnumName(name)) };
  const { [type.name]: schema } = SCALARS;
  if (!isScalarType(type) || !schema) throw new Error(`No arbitrary for the type ${given}`);
  return schema;
}

/** Deep enough for whatever a list holds, and what belongs to that. */
const MAX_DEPTH = 4;

/** Every field there is, so that each resolver has its turn; empty for what has none. */
function selectionOf(output: GraphQLOutputType, depth = MAX_DEPTH): string {
  const type = getNamedType(output);
  if (isUnionType(type)) {
    return `{ __typename ${type
      .getTypes()
      .map((one) => `... on ${one.name} ${selectionOf(one, depth)}`)
      .join(' ')} }`;
  }
  if (!isObjectType(type)) return '';
  const fields = Object.values(type.getFields()).flatMap((field) => {
    if (isLeafType(getNamedType(field.type))) return [field.name];
    return depth > 1 ? [`${field.name} ${selectionOf(field.type, depth - 1)}`] : [];
  });
  return `{ __typename ${fields.join(' ')} }`;
}
