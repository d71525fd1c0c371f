/** What is wrong with a text that is no JSON, in the words of Python's decoder, which FastAPI passes on. */
export class JsonFault extends Error {
  constructor(
    message: string,
    /** In characters (code points), from 0. */
    readonly position: number,
  ) {
    super(message);
    this.name = 'JsonFault';
  }
}

const SCALAR = /null|true|false|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WHITE_SPACE = /[ \t\n\r]*/y;
/** All but the quote, the backslash and what stands before the space. */
const PLAIN_CHARACTERS = /[ !#-[\]-\uffff]*/y;
const UNICODE_ESCAPE = /\\u[0-9a-fA-F]{4}/y;

/** The first fault of a text that JSON.parse refuses. Without recursion, so that no depth of brackets can overflow. */
export function findJsonFault(text: string): JsonFault {
  try {
    readDocument(text);
  } catch (fault) {
    if (fault instanceof JsonFault) return fault;
    throw fault;
  }
  return new JsonFault('Expecting value', 0);
}

function readDocument(text: string): void {
  const open: ('{' | '[')[] = [];
  let at = skip(text, 0, WHITE_SPACE);
  for (;;) {
    const char = text[at];
    if (char === '{' || char === '[') {
      at = skip(text, at + 1, WHITE_SPACE);
      open.push(char);
      if (text[at] !== closing(char)) {
        if (char === '{') at = readKey(text, at);
        continue;
      }
    } else {
      at = char === '"' ? readString(text, at) : readScalar(text, at);
    }
    at = closeAll(text, at, open);
    const container = open.at(-1);
    if (container === undefined) {
      if (at < text.length) fail('Extra data', text, at);
      return;
    }
    if (text[at] !== ',') fail("Expecting ',' delimiter", text, at);
    at = skip(text, at + 1, WHITE_SPACE);
    if (container === '{') at = readKey(text, at);
  }
}

function closeAll(text: string, from: number, open: ('{' | '[')[]): number {
  let at = skip(text, from, WHITE_SPACE);
  for (let container = open.at(-1); container && text[at] === closing(container); container = open.at(-1)) {
    open.pop();
    at = skip(text, at + 1, WHITE_SPACE);
  }
  return at;
}

function closing(container: '{' | '['): string {
  return container === '{' ? '}' : ']';
}

function readKey(text: string, at: number): number {
  if (text[at] !== '"') fail('Expecting property name enclosed in double quotes', text, at);
  const end = skip(text, readString(text, at), WHITE_SPACE);
  if (text[end] !== ':') fail("Expecting ':' delimiter", text, end);
  return skip(text, end + 1, WHITE_SPACE);
}

function readScalar(text: string, at: number): number {
  const end = skip(text, at, SCALAR);
  if (end === at) fail('Expecting value', text, at);
  return end;
}

function readString(text: string, start: number): number {
  for (let at = start + 1; ; ) {
    at = skip(text, at, PLAIN_CHARACTERS);
    const char = text[at];
    if (char === '"') return at + 1;
    if (char === undefined || (char === '\\' && at + 1 === text.length)) {
      fail('Unterminated string starting at', text, start);
    }
    if (char !== '\\') fail('Invalid control character at', text, at);
    if (text[at + 1] === 'u') {
      // Python wants something after the four digits, at least the closing quote.
      if (skip(text, at, UNICODE_ESCAPE) === at || at + 6 >= text.length) fail('Invalid \\uXXXX escape', text, at + 1);
      at += 6;
    } else {
      if (!'"\\/bfnrt'.includes(text[at + 1] as string)) fail('Invalid \\escape', text, at);
      at += 2;
    }
  }
}

function skip(text: string, at: number, pattern: RegExp): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}

function fail(message: string, text: string, at: number): never {
  throw new JsonFault(message, [...text.slice(0, at)].length);
}
