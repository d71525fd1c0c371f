/** Digits with single underscores between them; a fraction of zeros is forgiven, as is white space around it all. */
const INTEGER_TEXT = /^\p{White_Space}*([+-]?\d+(?:_\d+)*)(?:\.0+)?\p{White_Space}*$/u;

/**
 * Reads an integer as pydantic's lax mode does: `7`, `7.0`, `"7"`, `" 7 "`, `"7.0"`, `"1_000"` and `true` count.
 * @returns what is no integer, as it is
 */
export function readLaxInteger(input: unknown): unknown {
  if (typeof input === 'boolean') return Number(input);
  const digits = typeof input === 'string' ? INTEGER_TEXT.exec(input)?.[1] : undefined;
  if (digits === undefined) return input;
  const value = Number(digits.replaceAll('_', ''));
  return Number.isFinite(value) ? value : Math.sign(value) * Number.MAX_VALUE;
}

/** pydantic's type and message for the way in which an input is no integer. */
export function notAnInteger(input: unknown): { readonly type: string; readonly msg: string } {
  const msg = 'Input should be a valid integer';
  if (typeof input === 'string') return { type: 'int_parsing', msg: `${msg}, unable to parse string as an integer` };
  if (typeof input !== 'number') return { type: 'int_type', msg };
  if (!Number.isFinite(input)) return { type: 'finite_number', msg: 'Input should be a finite number' };
  return { type: 'int_from_float', msg: `${msg}, got a number with a fractional part` };
}
