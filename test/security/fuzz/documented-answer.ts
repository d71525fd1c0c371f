import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { OpenApiDocument } from '../../support/openapi-document.ts';
import type { HttpAnswer, HttpRequest } from './keep-alive-client.ts';
import { type Route, restRoutes } from './rest-routes.ts';

const PROBLEM = { schema: '#/components/schemas/Problem', mediaType: 'application/problem+json' };
const MAX_PARAMETER_CHARS = 200;
/** Nobody is asked for a token or limited in these tests, and nothing of ours may fail. */
const UNEXPECTED = new Set([401, 403, 429, 500, 503]);

/** What is wrong with an answer; nothing when it is as the document says. */
export type DocumentedAnswer = (request: HttpRequest, answer: HttpAnswer) => string[];

export function documentedAnswer(document: OpenApiDocument, bodyLimitBytes: number): DocumentedAnswer {
  const routes = restRoutes(document);
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema({ ...document, $id: 'openapi.json' });
  const faultsOfBody = (pointer: string, text: string): string[] => {
    const parsed = parse(text);
    if (!parsed) return [`is no JSON: ${text}`];
    // Compiled once: what `validate` is given as a new object is compiled again.
    const isDocumented = ajv.getSchema(`openapi.json${pointer}`);
    if (isDocumented?.(parsed.value)) return [];
    return [`is not as documented: ${ajv.errorsText(isDocumented?.errors)}`];
  };

  return (request, { status, mediaType, text }) => {
    const route = routeOf(routes, request);
    const before = statusBeforeRoute(routes, route, request);
    if (route === undefined || before !== null) {
      if (status !== before || mediaType !== PROBLEM.mediaType) return [`${status} ${mediaType} instead of ${before}`];
      return faultsOfBody(PROBLEM.schema, text);
    }
    const tooLarge = (request.body?.length ?? 0) > bodyLimitBytes;
    const allowed = route.statuses.filter((one) => !UNEXPECTED.has(one) && (one !== 413 || tooLarge));
    if (!allowed.includes(status)) return [`${status} instead of one of ${allowed}`];
    const { method, template } = route;
    const { content } = document.paths[template]?.[method.toLowerCase()]?.responses[String(status)] ?? {};
    if (!content?.[mediaType]) return [`${status} with the undocumented type "${mediaType}"`];
    return faultsOfBody(
      pointer(['paths', template, method.toLowerCase(), 'responses', String(status), 'content', mediaType, 'schema']),
      text,
    );
  };
}

/** What the way to a route answers, when it ends there; null when the route itself answers. */
function statusBeforeRoute(routes: readonly Route[], route: Route | undefined, { path }: HttpRequest): number | null {
  const pathname = pathnameOf(path);
  if (!isDecodable(pathname)) return 400;
  if (route === undefined) return routes.some((other) => patternOf(other).test(pathname)) ? 405 : 404;
  const parameters = patternOf(route).exec(pathname)?.slice(1) ?? [];
  return parameters.some((parameter) => decodeURIComponent(parameter).length > MAX_PARAMETER_CHARS) ? 414 : null;
}

/** Not always the one a request was made for: a parameter may hold a slash. */
function routeOf(routes: readonly Route[], { method, path }: HttpRequest): Route | undefined {
  return routes.find((route) => route.method === method && patternOf(route).test(pathnameOf(path)));
}

function patternOf({ template }: Route): RegExp {
  return new RegExp(`^${template.replace(/\{\w+\}/g, '([^/]+)')}/?$`);
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

function parse(text: string): { value: unknown } | null {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return null;
  }
}

function pointer(steps: readonly string[]): string {
  return `#/${steps.map((step) => encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')}`;
}
