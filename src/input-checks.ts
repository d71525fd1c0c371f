import { z } from 'zod';
import { badInput } from './errors.ts';

/** The largest id and count the tables hold (32-bit). */
export const MAX_INTEGER = 2_147_483_647;

/** The row id that a client's ID stands for, or null when no row can have it. */
export function parseId(id: string | number): number | null {
  const text = String(id);
  if (!/^[1-9]\d{0,9}$/.test(text)) return null;
  const value = Number(text);
  return value <= MAX_INTEGER ? value : null;
}

/** Text of `min` to `max` characters that every database stores as it is: well-formed, without control characters. */
export function text(min: number, max: number) {
  return z
    .string()
    .refine((s) => [...s].length >= min && [...s].length <= max, `must have ${min} to ${max} characters`)
    .refine((s) => s.isWellFormed() && !/\p{Cc}/u.test(s), 'must not contain control characters');
}

export function integer(min: number, max: number) {
  const message = `must be a whole number from ${min} to ${max}`;
  return z.int(message).min(min, message).max(max, message);
}

/** @throws BoxOfficeError BAD_USER_INPUT naming every field that is wrong */
export function check<T>(schema: z.ZodType<T>, input: unknown): T {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw badInput(parsed.error.issues.map((issue) => ({ field: issue.path.join('.'), message: issue.message })));
}
