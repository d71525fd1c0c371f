/** JSON as it is written: with numbers that no double holds, `-0`, and keys that come twice. */
export type WrittenJson = null | boolean | number | string | readonly WrittenJson[] | Members | Written | EnumName;

/** An object whose keys may be any texts, in any order and number. */
export class Members {
  constructor(readonly entries: readonly (readonly [string, WrittenJson])[]) {}
}

/** Sent exactly so, whether it is JSON or not. */
export class Written {
  constructor(readonly text: string) {}
}

/** A value of an enum: a text in variables, a bare name within a GraphQL document. */
export class EnumName {
  constructor(readonly name: string) {}
}

export function jsonText(value: WrittenJson): string {
  if (value instanceof Written) return value.text;
  if (value instanceof EnumName) return JSON.stringify(value.name);
  if (value instanceof Members) {
    return `{${value.entries.map(([key, member]) => `${JSON.stringify(key)}:${jsonText(member)}`).join(',')}}`;
  }
  if (Array.isArray(value)) return `[${value.map(jsonText).join(',')}]`;
  return Object.is(value, -0) ? '-0' : JSON.stringify(value);
}

/** The same value within a GraphQL document. Keys that are no names make it one that cannot be parsed. */
export function literalText(value: WrittenJson): string {
  if (value instanceof EnumName) return value.name;
  if (value instanceof Members) {
    return `{${value.entries.map(([key, member]) => `${key}: ${literalText(member)}`).join(', ')}}`;
  }
  if (Array.isArray(value)) return `[${value.map(literalText).join(', ')}]`;
  return jsonText(value);
}
