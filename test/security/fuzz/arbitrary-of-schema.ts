import * as fc from 'fast-check';
import {
  EnumName,
  Members,
  nearDateTime,
  nearInteger,
  nearText,
  type WrittenJson,
  wildJson,
  wildMembers,
} from './arbitrary-json.ts';

/** What of JSON Schema our document asks of requests; `date-time` and `enum` are types to GraphQL. */
export interface InputSchema {
  readonly type?: 'integer' | 'string' | 'object' | 'array' | 'null' | 'date-time' | 'enum';
  /** In place of a type. */
  readonly anyOf?: readonly InputSchema[];
  /** Of a string in JSON Schema. */
  readonly format?: string;
  readonly items?: InputSchema;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  /** Of a string in JSON Schema. */
  readonly enum?: readonly string[];
  readonly examples?: readonly WrittenJson[];
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, InputSchema>>;
}

const NEARLY_ENUM_VALUES = [
  new EnumName('pending'),
  new EnumName('PENDIN'),
  new EnumName('__proto__'),
  'PENDING',
  0,
  null,
];

const MAX_ITEMS = 3;

function isDateTime({ type, format }: { readonly type?: unknown; readonly format?: string }): boolean {
  return type === 'date-time' || format === 'date-time';
}

/** Right, nearly right, or anything at all. */
export function arbitraryOfSchema(schema: InputSchema): fc.Arbitrary<WrittenJson> {
  return fc.oneof(
    { weight: 4, arbitrary: validOfSchema(schema) },
    { weight: 4, arbitrary: nearOfSchema(schema) },
    { weight: 2, arbitrary: wildJson },
  );
}

export function validOfSchema(schema: InputSchema): fc.Arbitrary<WrittenJson> {
  const { type, examples = [] } = schema;
  if (type === 'enum') return fc.constantFrom(...examples);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const valid = validOfType(schema);
  return examples.length === 0 ? valid : fc.oneof(fc.constantFrom(...examples), valid);
}

function validOfType({ type, required = [], items, anyOf, ...schema }: InputSchema): fc.Arbitrary<WrittenJson> {
  if (anyOf) return fc.oneof(...anyOf.map(validOfSchema));
  if (type === 'null') return fc.constant(null);
  if (items) return fc.array(validOfSchema(items), { maxLength: MAX_ITEMS });
  const { minimum: min = Number.MIN_SAFE_INTEGER, maximum: max = Number.MAX_SAFE_INTEGER } = schema;
  const { minLength = 0, maxLength = 40, pattern, properties = {} } = schema;
  if (type === 'integer') {
    // Rows have small numbers.
    return fc.oneof(fc.integer({ min: Math.max(min, 1), max: Math.min(max, 30) }), fc.integer({ min, max }));
  }
  // Plain ones: the stranger an address is, the more it resembles a path or a query.
  if (schema.format === 'idn-email') {
    return fc.tuple(fc.stringMatching(/^[a-z][a-z\d+-]{0,20}$/), fc.domain()).map((parts) => parts.join('@'));
  }
  if (type === 'string' && !isDateTime({ type, ...schema })) {
    const texts = fc.string({ unit: 'grapheme', minLength, maxLength: Math.min(maxLength, 40) });
    return texts.filter((text) => pattern === undefined || new RegExp(pattern, 'u').test(text));
  }
  if (isDateTime({ type, ...schema })) {
    return fc
      .date({ min: new Date('1970-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
      .map((time) => time.toISOString());
  }
  if (type !== 'object') throw new Error(`No arbitrary for the type ${type}`);
  const members = Object.entries(properties).map(([name, member]) => {
    const present = memberOf(name, validOfSchema(member));
    // Often absent: what belongs together, such as a beginning and an end, seldom fits by chance.
    return required.includes(name) ? present : fc.option(present, { freq: 2 });
  });
  return fc.tuple(...members).map((entries) => new Members(entries.filter((entry) => entry !== null)));
}

function nearOfSchema(schema: InputSchema): fc.Arbitrary<WrittenJson> {
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map(nearOfSchema));
  if (schema.type === 'integer') {
    return nearInteger(schema.minimum ?? Number.MIN_SAFE_INTEGER, schema.maximum ?? Number.MAX_SAFE_INTEGER);
  }
  if (schema.items) return fc.array(arbitraryOfSchema(schema.items), { maxLength: MAX_ITEMS });
  if (isDateTime(schema)) return nearDateTime;
  if (schema.type === 'string') return nearText(schema.minLength ?? 0, schema.maxLength ?? 256);
  if (schema.type === 'enum') return fc.constantFrom<WrittenJson>(...NEARLY_ENUM_VALUES);
  if (Object.keys(schema.properties ?? {}).length === 0) return wildJson;
  return fc.oneof(...Object.keys(schema.properties ?? {}).flatMap((name) => objectsWithOneFault(schema, name)));
}

/** All is valid but one member, which is missing, wrong, there twice, or has company. */
function objectsWithOneFault({ properties = {} }: InputSchema, faulty: string): fc.Arbitrary<Members>[] {
  const members = Object.entries(properties);
  const others = members
    .filter(([name]) => name !== faulty)
    .map(([name, member]) => memberOf(name, validOfSchema(member)));
  const { [faulty]: schema } = properties;
  const wrong = memberOf(faulty, arbitraryOfSchema(schema as InputSchema));
  const withMore = (more: fc.Arbitrary<(readonly [string, WrittenJson])[]>) =>
    fc.tuple(fc.tuple(...others), more).map(([entries, added]) => new Members([...entries, ...added]));
  return [
    withMore(fc.constant([])),
    withMore(wrong.map((one) => [one])),
    withMore(fc.tuple(wrong, wrong)),
    withMore(fc.tuple(wrong, wildMembers).map(([one, wild]) => [one, ...wild])),
  ];
}

function memberOf(name: string, value: fc.Arbitrary<WrittenJson>): fc.Arbitrary<readonly [string, WrittenJson]> {
  return value.map((member) => [name, member] as const);
}
