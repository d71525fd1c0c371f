import * as fc from 'fast-check';
import type { HttpRequest } from '../../support/http-client.ts';
import { inHeader, inPath } from '../../support/leaks.ts';
import { jsonText, type WrittenJson, wildJson, wildMembers, wildText } from './arbitrary-json.ts';
import { arbitraryOfSchema, type InputSchema, validOfSchema } from './arbitrary-of-schema.ts';
import type { Route } from './rest-routes.ts';

/** What Node reads of a request's head; more is refused before anything looks at it. */
const MAX_HEAD_CHARS = 15_000;

const JSON_TYPE = 'application/json';

const CONTENT_TYPES = [
  'application/json; charset=utf-8',
  'application/json; charset=utf-16',
  'application/merge-patch+json',
  'APPLICATION/JSON',
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'application/xml',
  'application/json, text/plain',
  'nonsense',
  ';',
  '',
];

/** Headers that mean something somewhere, if not to us. */
const ODD_HEADERS = [
  'accept',
  'accept-encoding',
  'authorization',
  'content-encoding',
  'content-language',
  'cookie',
  'forwarded',
  'if-match',
  'origin',
  'prefer',
  'range',
  'referer',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-http-method-override',
  'x-original-url',
  'x-request-id',
];

/** Requests of one documented route: some right, most with something wrong in one of their parts. */
export function arbitraryRestRequest(route: Route): fc.Arbitrary<HttpRequest> {
  const { method } = route;
  const parts = [validOfSchema, arbitraryOfSchema].flatMap((arbitraryOf) =>
    [true, false].map((validBody) =>
      fc.record({
        path: pathOf(route, arbitraryOf),
        query: queryOf(route, arbitraryOf),
        headers: headersOf(route, arbitraryOf),
        body: bodyOf(route, validBody),
      }),
    ),
  );
  const requests = fc.oneof(...parts).map(({ path, query, headers, body: { contentType, bytes } }): HttpRequest => {
    const typed = contentType === undefined ? headers : { ...headers, 'content-type': inHeader(contentType) };
    return { method, path: path + (query && `?${query}`), headers: typed, body: bytes };
  });
  return requests.filter(({ path, headers = {} }) => path.length + JSON.stringify(headers).length < MAX_HEAD_CHARS);
}

type ArbitraryOf = (schema: InputSchema) => fc.Arbitrary<WrittenJson>;

function pathOf({ template, parameters }: Route, arbitraryOf: ArbitraryOf): fc.Arbitrary<string> {
  const inOrder = parameters.path.map(({ schema }) =>
    fc.oneof(
      { weight: 19, arbitrary: arbitraryOf(schema).map((value) => inPath(textOf(value))) },
      {
        weight: 1,
        arbitrary: fc.constantFrom('%', '%2', '%zz', '%ff', '%c0%af', '..', '.', 'a/b', '1/stats', '1/cancel'),
      },
    ),
  );
  return fc.tuple(...inOrder).map((values) => {
    let next = 0;
    return template.replace(/\{\w+\}/g, () => values[next++] as string);
  });
}

function queryOf({ parameters }: Route, arbitraryOf: ArbitraryOf): fc.Arbitrary<string> {
  const known = parameters.query.map(({ name, schema }) =>
    fc.array(
      arbitraryOf(schema).map((value) => `${name}=${inPath(textOf(value))}`),
      { maxLength: 2 },
    ),
  );
  const unknown = wildMembers.map((members) =>
    members.map(([name, value]) => `${inPath(name)}=${inPath(textOf(value))}`),
  );
  const broken = fc.constantFrom('&&=&', 'first=%zz', 'first[]=1', 'first', '=', '?', '__proto__[x]=1', 'after=%00');
  return fc.oneof(
    { weight: 8, arbitrary: fc.tuple(...known).map((all) => all.flat().join('&')) },
    { weight: 1, arbitrary: fc.tuple(...known, unknown).map((all) => all.flat().join('&')) },
    { weight: 1, arbitrary: broken },
  );
}

function headersOf({ parameters }: Route, arbitraryOf: ArbitraryOf): fc.Arbitrary<Record<string, string>> {
  const known = parameters.header.map(({ name, schema }) =>
    fc.option(arbitraryOf(schema).map((value): [string, string] => [name.toLowerCase(), inHeader(textOf(value))])),
  );
  const odd = fc.option(
    fc.tuple(fc.constantFrom(...ODD_HEADERS), wildText).map(([name, text]): [string, string] => [name, inHeader(text)]),
    { freq: 1 },
  );
  return fc
    .tuple(...known, odd)
    .map((headers) => Object.fromEntries(headers.filter((header): header is [string, string] => header !== null)));
}

interface Body {
  readonly contentType?: string;
  readonly bytes: Buffer | null;
}

const NO_BODY: Body = { bytes: null };

function bodyOf({ bodySchema }: Route, valid: boolean): fc.Arbitrary<Body> {
  const asJson = (value: WrittenJson): Body => ({ contentType: JSON_TYPE, bytes: Buffer.from(jsonText(value)) });
  if (bodySchema === null) {
    const unexpected = fc.oneof(wildJson.map(asJson), odd(fc.constant('{}')));
    return fc.oneof({ weight: 9, arbitrary: fc.constant(NO_BODY) }, { weight: 1, arbitrary: unexpected });
  }
  const right = validOfSchema(bodySchema).map(asJson);
  if (valid) return right;
  return fc.oneof(
    { weight: 8, arbitrary: arbitraryOfSchema(bodySchema).map(asJson) },
    { weight: 1, arbitrary: odd(validOfSchema(bodySchema).map(jsonText)) },
    { weight: 1, arbitrary: fc.constant(NO_BODY) },
  );
}

/** A body that is said to be something else, or that is cut off, or has a byte that belongs nowhere. */
function odd(text: fc.Arbitrary<string>): fc.Arbitrary<Body> {
  const type = fc.oneof(fc.constantFrom(...CONTENT_TYPES), wildText);
  const damaged = fc.tuple(text, fc.nat(200), fc.constantFrom('', '}', ',', '"', '\\', '\u0000', '/*', '01', 'NaN'));
  return fc.oneof(
    fc.record({ contentType: type, bytes: text.map((all) => Buffer.from(all)) }),
    damaged.map(([all, at, added]) => ({
      contentType: JSON_TYPE,
      bytes: Buffer.from(all.slice(0, at % (all.length + 1)) + added),
    })),
    fc.uint8Array({ maxLength: 30 }).map((bytes) => ({ contentType: JSON_TYPE, bytes: Buffer.from(bytes) })),
  );
}

function textOf(value: WrittenJson): string {
  return typeof value === 'string' ? value : jsonText(value);
}
