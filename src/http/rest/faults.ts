import type { z } from 'zod';
import { BoxOfficeError } from '../../errors.ts';
import { notAnInteger } from './lax-integers.ts';

/** Where in a request the fault is: the first entry of `loc`. */
export type RequestPart = 'path' | 'query' | 'header' | 'body';

/** One entry of a 422 answer, as FastAPI and pydantic v2 send it. */
export interface Fault {
  readonly type: string;
  readonly loc: readonly (string | number)[];
  readonly msg: string;
  readonly input: unknown;
  readonly ctx?: Readonly<Record<string, unknown>>;
}

/** Thrown when a request is not what its route's schema asks for; answered with 422 and every fault. */
export class InvalidRequest extends BoxOfficeError {
  constructor(readonly faults: readonly Fault[]) {
    super('BAD_USER_INPUT', faults.map((fault) => `${fault.loc.join('.')}: ${fault.msg}`).join('; '));
    this.name = 'InvalidRequest';
  }
}

/** A list may have thousands, each with what was sent there. */
const MAX_FAULTS = 100;

/** What zod finds, in the words of pydantic: of each field the first fault; the first 100. */
export function faultsOf(issues: readonly z.core.$ZodIssue[], part: RequestPart, whole: unknown): Fault[] {
  const firsts = new Map<string, z.core.$ZodIssue>();
  for (const issue of issues) {
    const field = JSON.stringify(issue.path);
    if (!firsts.has(field)) firsts.set(field, issue);
  }
  return [...firsts.values()].slice(0, MAX_FAULTS).map((issue) => {
    const path = issue.path as (string | number)[];
    const loc = [part, ...path];
    const field = path.at(-1);
    const around = valueAt(whole, path.slice(0, -1));
    if (isMissing(around, field)) return { type: 'missing', loc, msg: 'Field required', input: around ?? null };
    const input = valueAt(whole, path);
    return { ...inWordsOfPydantic(issue, input), loc, input };
  });
}

function valueAt(whole: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((value, field) => (value as Record<string | number, unknown>)[field], whole);
}

/** A rule of ours that pydantic has no name for. */
export function valueError(loc: Fault['loc'], message: string, input: unknown): Fault {
  return { ...valueErrorOf(message), loc, input };
}

function isMissing(around: unknown, field: string | number | undefined): boolean {
  return field === undefined ? around == null : !Object.hasOwn(around as object, field);
}

function inWordsOfPydantic(issue: z.core.$ZodIssue, input: unknown): Pick<Fault, 'type' | 'msg' | 'ctx'> {
  if (issue.code === 'too_small') {
    const least = Number(issue.minimum);
    return issue.origin === 'string'
      ? outside('string_too_short', `String should have at least ${characters(least)}`, 'min_length', least)
      : outside('greater_than_equal', `Input should be greater than or equal to ${least}`, 'ge', least);
  }
  if (issue.code === 'too_big') {
    const most = Number(issue.maximum);
    if (Array.isArray(input)) return tooLong(input.length, most);
    return issue.origin === 'string'
      ? outside('string_too_long', `String should have at most ${characters(most)}`, 'max_length', most)
      : outside('less_than_equal', `Input should be less than or equal to ${most}`, 'le', most);
  }
  if (issue.code === 'invalid_value') return notInEnum(issue.values);
  if (issue.code !== 'invalid_type')
    return typeof input === 'number' ? notAnInteger(input) : valueErrorOf(issue.message);
  if (issue.expected === 'number') return notAnInteger(input);
  if (issue.expected === 'string') return { type: 'string_type', msg: 'Input should be a valid string' };
  if (issue.expected === 'array') return { type: 'list_type', msg: 'Input should be a valid list' };
  return {
    type: 'model_attributes_type',
    msg: 'Input should be a valid dictionary or object to extract fields from',
  };
}

function outside(type: string, msg: string, bound: string, value: number) {
  return { type, msg, ctx: { [bound]: value } };
}

function notInEnum(values: readonly unknown[]) {
  const names = values.map((value) => `'${value}'`);
  const expected = `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
  return { type: 'enum', msg: `Input should be ${expected}`, ctx: { expected } };
}

function tooLong(length: number, most: number) {
  const msg = `List should have at most ${most} items after validation, not ${length}`;
  return { type: 'too_long', msg, ctx: { field_type: 'List', max_length: most, actual_length: length } };
}

function valueErrorOf(message: string) {
  return { type: 'value_error', msg: `Value error, ${message}`, ctx: { error: {} } };
}

function characters(count: number): string {
  return `${count} character${count === 1 ? '' : 's'}`;
}
