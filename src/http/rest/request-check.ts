import type {
  FastifyInstance,
  FastifyRequest,
  onRequestHookHandler,
  preValidationHookHandler,
  RouteOptions,
} from 'fastify';
import { type Check, compileCheck, type ObjectSchema } from './fastapi-validation.ts';
import { type Fault, InvalidRequest } from './fault.ts';

type SchemaOrReference = ObjectSchema | { readonly $ref: string };

/** Checks every request of the routes that follow against their schemas, with all faults in one answer. */
export function checkRequests(rest: FastifyInstance): void {
  rest.setValidatorCompiler(() => () => true);
  rest.addHook('onRoute', function (route) {
    const check = compileRequestCheck(this, route);
    if (check) route.preValidation = [route.preValidation ?? [], check].flat();
    if (route.schema?.params) route.onRequest = [route.onRequest ?? [], refuseEmptyParameters].flat();
  });
}

/** Fastify lets a parameter be empty; `/event//stats` is no path of ours. Said before the body is read, as of any such path. */
const refuseEmptyParameters: onRequestHookHandler = (request, reply, done) => {
  if (Object.values(request.params as object).includes('')) reply.callNotFound();
  else done();
};

/** In FastAPI's order: path, query, header, body. */
function compileRequestCheck(rest: FastifyInstance, { schema = {} }: RouteOptions): preValidationHookHandler | null {
  const path = compilePart(rest, schema.params, 'path');
  const query = compilePart(rest, schema.querystring, 'query');
  const header = compilePart(rest, schema.headers, 'header');
  const body = compilePart(rest, schema.body, 'body');
  if (!path && !query && !header && !body) return null;
  return (request, _reply, done) => {
    const faults: Fault[] = [];
    if (path) request.params = path(request.params, faults);
    if (query) request.query = query(lastOfEach(request.query), faults);
    if (header) header(request.headers, faults);
    if (body) request.body = body(request.body, faults);
    done(faults.length > 0 ? new InvalidRequest(faults) : undefined);
  };
}

function compilePart(
  rest: FastifyInstance,
  schema: unknown,
  part: Parameters<typeof compileCheck>[1],
): Check<Record<string, unknown>> | null {
  if (!schema) return null;
  const given = schema as SchemaOrReference;
  const found = '$ref' in given ? (rest.getSchema(given.$ref.replace('#', '')) as ObjectSchema) : given;
  return compileCheck(part === 'header' ? withLowerCaseNames(found) : found, part);
}

/** Node gives header names in lower case; the document writes them as people do. */
function withLowerCaseNames(schema: ObjectSchema): ObjectSchema {
  const properties = Object.entries(schema.properties).map(([name, field]) => [name.toLowerCase(), field]);
  return { ...schema, properties: Object.fromEntries(properties) };
}

/** Of a repeated query parameter the last one counts, as in FastAPI. */
function lastOfEach(query: FastifyRequest['query']): Record<string, unknown> {
  const entries = Object.entries(query as Record<string, unknown>);
  return Object.fromEntries(entries.map(([name, value]) => [name, Array.isArray(value) ? value.at(-1) : value]));
}
