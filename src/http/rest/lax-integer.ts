/** pydantic's type and message for each way in which an input is no integer. */
const NOT_AN_INTEGER = {
  int_type: 'Input should be a valid integer',
  int_parsing: 'Input should be a valid integer, unable to parse string as an integer',
  int_from_float: 'Input should be a valid integer, got a number with a fractional part',
  finite_number: 'Input should be a finite number',
} as const;

export interface NotAnInteger {
  readonly type: keyof typeof NOT_AN_INTEGER;
  readonly msg: string;
}

/** Digits with single underscores between them; a fraction of zeros is forgiven, as is white space around it all. */
const INTEGER_TEXT = /^\p{White_Space}*([+-]?\d+(?:_\d+)*)(?:\.0+)?\p{White_Space}*$/u;

/** Reads an integer as pydantic's lax mode does: `7`, `7.0`, `"7"`, `" 7 "`, `"7.0"`, `"1_000"` and `true` count. */
export function laxInteger(input: unknown): number | NotAnInteger {
  if (typeof input === 'number') {
    if (Number.isInteger(input)) return input;
    return notAnInteger(Number.isFinite(input) ? 'int_from_float' : 'finite_number');
  }
  if (typeof input === 'boolean') return Number(input);
  if (typeof input !== 'string') return notAnInteger('int_type');
  const digits = INTEGER_TEXT.exec(input)?.[1];
  return digits === undefined ? notAnInteger('int_parsing') : Number(digits.replaceAll('_', ''));
}

function notAnInteger(type: NotAnInteger['type']): NotAnInteger {
  return { type, msg: NOT_AN_INTEGER[type] };
}
