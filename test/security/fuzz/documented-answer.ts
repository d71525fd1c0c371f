import type { HttpAnswer, HttpRequest } from '../../support/http-client.ts';
import { documentedBodies, type OpenApiDocument, patternOf } from '../../support/openapi-document.ts';
import { type Route, restRoutes } from './rest-routes.ts';

const MAX_PARAMETER_CHARS = 200;
/** Nobody is asked for a token or limited in these tests, and nothing of ours may fail. */
const UNEXPECTED = new Set([401, 403, 429, 500, 503]);

/** What is wrong with an answer; nothing when it is as the document says. */
export type DocumentedAnswer = (request: HttpRequest, answer: HttpAnswer) => string[];

export function documentedAnswer(document: OpenApiDocument, bodyLimitBytes: number): DocumentedAnswer {
  const routes = restRoutes(document);
  const faultsOf = documentedBodies(document);
  return (request, answer) => {
    const { status, mediaType, text } = answer;
    const route = routeOf(routes, request);
    const before = statusBeforeRoute(routes, route, request);
    if (route === undefined || before !== null) {
      if (status === before && mediaType === 'application/problem+json') return faultsOf.ofSchema('Problem', text);
      return [`${status} ${mediaType} instead of ${before}`];
    }
    const tooLarge = ((request.body as Buffer | null)?.length ?? 0) > bodyLimitBytes;
    const allowed = route.statuses.filter((one) => !UNEXPECTED.has(one) && (one !== 413 || tooLarge));
    if (!allowed.includes(status)) return [`${status} instead of one of ${allowed}`];
    return faultsOf.ofRoute(route.method, route.template, answer);
  };
}

/** What the way to a route answers, when it ends there; null when the route itself answers. */
function statusBeforeRoute(routes: readonly Route[], route: Route | undefined, { path }: HttpRequest): number | null {
  const pathname = pathnameOf(path);
  if (!isDecodable(pathname)) return 400;
  if (route === undefined) return routes.some((other) => patternOf(other.template).test(pathname)) ? 405 : 404;
  const parameters = patternOf(route.template).exec(pathname)?.slice(1) ?? [];
  return parameters.some((parameter) => decodeURIComponent(parameter).length > MAX_PARAMETER_CHARS) ? 414 : null;
}

/** Not always the one a request was made for: a parameter may hold a slash. */
function routeOf(routes: readonly Route[], { method, path }: HttpRequest): Route | undefined {
  return routes.find((route) => route.method === method && patternOf(route.template).test(pathnameOf(path)));
}

function pathnameOf(path: string): string {
  return path.replace(/\?.*$/s, '');
}

function isDecodable(pathname: string): boolean {
  try {
    decodeURIComponent(pathname);
    return true;
  } catch {
    return false;
  }
}

/** What is told besides the message, per error. */
const KNOWN_EXTENSIONS = new Set(['code', 'problems', 'retryAfterMs']);
const KNOWN_KEYS = new Set(['message', 'locations', 'path', 'extensions']);

/** The codes of an office where nobody is asked for a token or limited, and where nothing of ours fails. */
const EXPECTED_CODES = new Set([
  'BAD_USER_INPUT',
  'NOT_FOUND',
  'BAD_REQUEST',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
]);

export interface GraphqlResult {
  readonly data?: unknown;
  readonly errors?: readonly GraphqlError[];
}

export interface GraphqlError {
  readonly message: string;
  readonly extensions?: { readonly code?: string };
}

/** What is wrong with a list of errors; nothing when each is a documented one. */
export function faultsOfErrors(errors: unknown): string[] {
  if (!Array.isArray(errors) || errors.length === 0) return ['errors that are no list'];
  return (errors as GraphqlError[]).flatMap((error) => {
    const { code = 'none' } = error.extensions ?? {};
    const unknown = [
      ...Object.keys(error).filter((key) => !KNOWN_KEYS.has(key)),
      ...Object.keys(error.extensions ?? {}).filter((key) => !KNOWN_EXTENSIONS.has(key)),
    ];
    return [
      ...(EXPECTED_CODES.has(code) ? [] : [`the code ${code}: ${error.message}`]),
      ...unknown.map((key) => `an error with ${key}`),
    ];
  });
}

/** The same for a result: what was executed has data, what was not has errors only. */
export function faultsOfResult(result: GraphqlResult): string[] {
  const { data, errors, ...more } = result;
  return [
    ...Object.keys(more).map((key) => `an answer with ${key}`),
    ...(data == null || errors !== undefined ? faultsOfErrors(errors) : []),
  ];
}

/** `data`, or the codes of its errors. */
export function outcomesOf({ data, errors = [] }: GraphqlResult): string[] {
  return [...(data == null ? [] : ['data']), ...errors.map(({ extensions }) => extensions?.code ?? 'none')];
}
