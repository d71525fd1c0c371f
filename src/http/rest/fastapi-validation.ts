import type { Fault, RequestPart } from './fault.ts';
import { laxInteger } from './lax-integer.ts';

/** What of JSON Schema our requests use. The route's schema is the document and the check in one. */
type FieldSchema = IntegerSchema | StringSchema;

interface IntegerSchema {
  readonly type: 'integer';
  readonly minimum?: number;
  readonly maximum?: number;
  readonly default?: number;
}

interface StringSchema {
  readonly type: 'string';
  readonly minLength?: number;
  readonly maxLength?: number;
  /** Half of a surrogate pair never matches, whatever the pattern says. */
  readonly pattern?: string;
  /** What is said to somebody whose text does not match the pattern. */
  readonly 'x-pattern-message'?: string;
}

export interface ObjectSchema {
  readonly type: 'object';
  readonly required?: readonly string[];
  readonly properties: Readonly<Record<string, FieldSchema>>;
}

/** Returns the value of an input and adds what is wrong with it to `faults`; with a fault the value means nothing. */
export type Check<T> = (input: unknown, faults: Fault[]) => T;

type Loc = readonly string[];

/** Compiles a schema to a check that finds what pydantic would, in its words and order. Unknown fields are ignored. */
export function compileCheck(schema: ObjectSchema, part: RequestPart): Check<Record<string, unknown>> {
  const fields = Object.entries(schema.properties).map(([name, field]) => ({
    name,
    loc: [part, name],
    required: schema.required?.includes(name) ?? false,
    initial: 'default' in field ? field.default : undefined,
    check: compileField(field, [part, name]),
  }));
  return (input, faults) => {
    const value: Record<string, unknown> = {};
    if (input === undefined || input === null) {
      faults.push(missing([part], null));
    } else if (typeof input !== 'object' || Array.isArray(input)) {
      const msg = 'Input should be a valid dictionary or object to extract fields from';
      faults.push({ type: 'model_attributes_type', loc: [part], msg, input });
    } else {
      for (const { name, loc, required, initial, check } of fields) {
        if (Object.hasOwn(input, name)) value[name] = check((input as Record<string, unknown>)[name], faults);
        else if (required) faults.push(missing(loc, input));
        else if (initial !== undefined) value[name] = initial;
      }
    }
    return value;
  };
}

function missing(loc: Loc, input: unknown): Fault {
  return { type: 'missing', loc, msg: 'Field required', input };
}

function compileField(field: FieldSchema, loc: Loc): Check<unknown> {
  return field.type === 'integer' ? integerCheck(field, loc) : stringCheck(field, loc);
}

function integerCheck({ minimum: ge = -Infinity, maximum: le = Infinity }: IntegerSchema, loc: Loc): Check<number> {
  return (input, faults) => {
    const value = laxInteger(input);
    if (typeof value !== 'number') {
      faults.push({ type: value.type, loc, msg: value.msg, input });
      return Number.NaN;
    }
    if (value < ge) {
      const msg = `Input should be greater than or equal to ${ge}`;
      faults.push({ type: 'greater_than_equal', loc, msg, input, ctx: { ge } });
    } else if (value > le) {
      const msg = `Input should be less than or equal to ${le}`;
      faults.push({ type: 'less_than_equal', loc, msg, input, ctx: { le } });
    }
    return value;
  };
}

function stringCheck(schema: StringSchema, loc: Loc): Check<string> {
  const { minLength = 0, maxLength = Infinity } = schema;
  const pattern = new RegExp(schema.pattern ?? '', 'u');
  return (input, faults) => {
    if (typeof input !== 'string') {
      faults.push({ type: 'string_type', loc, msg: 'Input should be a valid string', input });
      return '';
    }
    const length = codePoints(input);
    if (length < minLength) {
      const msg = `String should have at least ${characters(minLength)}`;
      faults.push({ type: 'string_too_short', loc, msg, input, ctx: { min_length: minLength } });
    } else if (length > maxLength) {
      const msg = `String should have at most ${characters(maxLength)}`;
      faults.push({ type: 'string_too_long', loc, msg, input, ctx: { max_length: maxLength } });
    } else if (!pattern.test(input) || !input.isWellFormed()) {
      faults.push(valueError(loc, schema['x-pattern-message'] ?? 'must be valid text', input));
    }
    return input;
  };
}

/** A rule of ours that pydantic has no name for. */
export function valueError(loc: Loc, message: string, input: unknown): Fault {
  return { type: 'value_error', loc, msg: `Value error, ${message}`, input, ctx: { error: {} } };
}

function codePoints(text: string): number {
  return [...text].length;
}

function characters(count: number): string {
  return `${count} character${count === 1 ? '' : 's'}`;
}
