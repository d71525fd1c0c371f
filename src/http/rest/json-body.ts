import { isUtf8 } from 'node:buffer';
import type { FastifyInstance } from 'fastify';
import { type ParseError, parse, printParseErrorCode } from 'jsonc-parser';
import { type Fault, InvalidRequest } from './faults.ts';

/** As RFC 9110 has it: of tokens only, which is what Fastify takes. */
const MEDIA_TYPE = /^\s*[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+\s*(?:;|$)/;
const JSON_MEDIA_TYPE = /^\s*application\/(?:[^\s;,/]+\+)?json\s*(?:;|$)/i;
/** Far above what our bodies need, far below what overflows the stack when a fault echoes its input. */
const MAX_NESTING = 1_000;

/** A body that no parser can make sense of. */
class UnreadableBody extends Error {
  readonly statusCode = 400;
}

/** Reads bodies as FastAPI does: what is declared as JSON is parsed, everything else is a text. */
export function readBodiesAsFastApi(rest: FastifyInstance): void {
  rest.addHook('onRequest', (request, _reply, done) => {
    const { headers } = request.raw;
    // Fastify would answer 415 to a Content-Type that is none; to FastAPI it is just not JSON.
    if (!MEDIA_TYPE.test(headers['content-type'] ?? '')) delete headers['content-type'];
    done();
  });
  rest.removeAllContentTypeParsers();
  rest.addContentTypeParser<Buffer>('*', { parseAs: 'buffer' }, (request, bytes, done) => {
    const isJson = JSON_MEDIA_TYPE.test(request.headers['content-type'] ?? '');
    const body = isJson && bytes.length > 0 ? parseJson(bytes) : bytes.toString() || undefined;
    done(null, body);
  });
}

/** @throws InvalidRequest where the JSON is wrong; UnreadableBody when there is no text to point into */
function parseJson(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) throw new UnreadableBody('not UTF-8');
  const text = bytes.toString().replace(/^\ufeff/, '');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new InvalidRequest([jsonFault(text)]);
  }
  if (text.length > MAX_NESTING && nesting(text) > MAX_NESTING) throw new UnreadableBody('nested too deeply');
  return value;
}

/**
 * Where a text stops being JSON, in characters (code points) from 0, and what is wrong there.
 * @throws UnreadableBody when it is nested so deeply that the parser, which is recursive, ends with its stack
 */
export function jsonFault(text: string): Fault {
  const errors: ParseError[] = [];
  try {
    parse(text, errors, { disallowComments: true });
  } catch (error) {
    throw error instanceof RangeError ? new UnreadableBody('nested too deeply') : error;
  }
  const [first] = errors;
  const position = [...text.slice(0, first?.offset)].length;
  const name = first ? printParseErrorCode(first.error) : 'NotJson';
  const error = name.replace(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();
  return { type: 'json_invalid', loc: ['body', position], msg: 'JSON decode error', input: {}, ctx: { error } };
}

/** @param json valid; the brackets in its texts, which may be more and others, do not count */
function nesting(json: string): number {
  let depth = 0;
  let deepest = 0;
  for (const [token] of json.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"|[[\]{}]/g)) {
    if (!token.startsWith('"')) depth += token === '[' || token === '{' ? 1 : -1;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}
