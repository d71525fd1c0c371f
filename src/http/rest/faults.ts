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

/** What zod finds, in the words of pydantic: of each field the first fault. */
export function faultsOf(issues: readonly z.core.$ZodIssue[], part: RequestPart, whole: unknown): Fault[] {
  const firsts = new Map<unknown, z.core.$ZodIssue>();
  for (const issue of issues) if (!firsts.has(issue.path[0])) firsts.set(issue.path[0], issue);
  return [...firsts.values()].map((issue) => {
    const field = issue.path[0] as string | undefined;
    const loc = field === undefined ? [part] : [part, field];
    if (isMissing(whole, field)) return { type: 'missing', loc, msg: 'Field required', input: whole ?? null };
    const input = field === undefined ? whole : (whole as Record<string, unknown>)[field];
    return { ...inWordsOfPydantic(issue, input), loc, input };
  });
}

/** A rule of ours that pydantic has no name for. */
export function valueError(loc: Fault['loc'], message: string, input: unknown): Fault {
  return { ...valueErrorOf(message), loc, input };
}

function isMissing(whole: unknown, field: string | undefined): boolean {
  return field === undefined ? whole == null : !Object.hasOwn(whole as object, field);
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
    return issue.origin === 'string'
      ? outside('string_too_long', `String should have at most ${characters(most)}`, 'max_length', most)
      : outside('less_than_equal', `Input should be less than or equal to ${most}`, 'le', most);
  }
  if (issue.code !== 'invalid_type')
    return typeof input === 'number' ? notAnInteger(input) : valueErrorOf(issue.message);
  if (issue.expected === 'number') return notAnInteger(input);
  if (issue.expected === 'string') return { type: 'string_type', msg: 'Input should be a valid string' };
  return {
    type: 'model_attributes_type',
    msg: 'Input should be a valid dictionary or object to extract fields from',
  };
}

function outside(type: string, msg: string, bound: string, value: number) {
  return { type, msg, ctx: { [bound]: value } };
}

function valueErrorOf(message: string) {
  return { type: 'value_error', msg: `Value error, ${message}`, ctx: { error: {} } };
}

function characters(count: number): string {
  return `${count} character${count === 1 ? '' : 's'}`;
}
