import type { FastifyInstance, FastifySchema, onRequestHookHandler, preValidationHookHandler } from 'fastify';
import { z } from 'zod';
import { type Fault, faultsOf, InvalidRequest, type RequestPart } from './faults.ts';
import { readLaxInteger } from './lax-integers.ts';

type Values = Record<string, unknown>;
/** Returns what was read and adds what is wrong with it to `faults`; with a fault the values mean nothing. */
type Check = (input: unknown, faults: Fault[]) => Values;
type RulesOfRoute = { [part in 'params' | 'querystring' | 'headers' | 'body']?: z.ZodObject };

/**
 * Checks every request of the routes that follow against their zod schemas, with all faults in one answer, and puts what
 * JSON Schema makes of them into the document. Fastify's own validation is off: it stops at the first part with a fault.
 */
export function checkRequests(rest: FastifyInstance): void {
  rest.setValidatorCompiler(() => () => true);
  rest.addHook('onRoute', function (route) {
    const rules = route.schema as RulesOfRoute | undefined;
    if (!rules) return;
    route.preValidation = [route.preValidation ?? [], checkOfRoute(rules)].flat();
    if (rules.params) route.onRequest = [route.onRequest ?? [], refuseEmptyParameters].flat();
    route.schema = { ...route.schema, ...documented(this, rules) };
  });
}

/** Fastify lets a parameter be empty; `/event//stats` is no path of ours. Said before the body is read, as of any such path. */
const refuseEmptyParameters: onRequestHookHandler = (request, reply, done) => {
  if (Object.values(request.params as object).includes('')) reply.callNotFound();
  else done();
};

/** In FastAPI's order: path, query, header, body. */
function checkOfRoute({ params, querystring, headers, body }: RulesOfRoute): preValidationHookHandler {
  const path = params && compileCheck(params, 'path');
  const query = querystring && compileCheck(querystring, 'query');
  const header = headers && compileCheck(inLowerCase(headers), 'header');
  const content = body && compileCheck(body, 'body');
  return (request, _reply, done) => {
    const faults: Fault[] = [];
    if (path) request.params = path(request.params, faults);
    if (query) request.query = query(lastOfEach(request.query), faults);
    header?.(request.headers, faults);
    if (content) request.body = content(request.body, faults);
    done(faults.length > 0 ? new InvalidRequest(faults) : undefined);
  };
}

/** Unknown fields are ignored, and integers are read laxly. */
export function compileCheck(rules: z.ZodObject, part: RequestPart): Check {
  const integers = Object.entries(jsonSchema(rules).properties ?? {}).flatMap(([name, field]) =>
    isInteger(field as z.core.JSONSchema.BaseSchema) ? [name] : [],
  );
  return (input, faults) => {
    const read = rules.safeParse(integers.length > 0 && isObject(input) ? withIntegers(input, integers) : input);
    if (read.success) return read.data;
    faults.push(...faultsOf(read.error.issues, part, input));
    return {};
  };
}

/** Also one that may be null. */
function isInteger({ type, anyOf }: z.core.JSONSchema.BaseSchema): boolean {
  return type === 'integer' || (anyOf ?? []).some((one) => isInteger(one));
}

function withIntegers(input: Values, names: readonly string[]): Values {
  const read = { ...input };
  for (const name of names) if (Object.hasOwn(input, name)) read[name] = readLaxInteger(input[name]);
  return read;
}

function isObject(input: unknown): input is Values {
  return typeof input === 'object' && input !== null && !Array.isArray(input);
}

type JsonSchema = z.core.JSONSchema.BaseSchema;
/** The same rules are asked for by their check and by the document, and by each server of a process. */
const jsonSchemas = new WeakMap<z.ZodObject, JsonSchema>();

/** What the document says of the rules, but for their title. */
function jsonSchema(rules: z.ZodObject): JsonSchema {
  const known = jsonSchemas.get(rules);
  if (known) return known;
  const { $schema, title, ...schema } = z.toJSONSchema(rules, { io: 'input' });
  jsonSchemas.set(rules, schema);
  return schema;
}

/** A schema with a title is a component of the document. */
function documented(rest: FastifyInstance, { params, querystring, headers, body }: RulesOfRoute): FastifySchema {
  const parts = Object.entries({ params, querystring, headers, body }).flatMap(([part, rules]) => {
    if (!rules) return [];
    const $id = rules.meta()?.title;
    if ($id === undefined) return [[part, jsonSchema(rules)]];
    rest.addSchema({ $id, ...jsonSchema(rules) });
    return [[part, { $ref: `${$id}#` }]];
  });
  return Object.fromEntries(parts);
}

/** Node gives header names in lower case; the document writes them as people do. */
function inLowerCase(headers: z.ZodObject): z.ZodObject {
  return z.object(Object.fromEntries(Object.entries(headers.shape).map(([name, rule]) => [name.toLowerCase(), rule])));
}

/** Of a repeated query parameter the last one counts, as in FastAPI. */
function lastOfEach(query: unknown): Values {
  const entries = Object.entries(query as Values);
  return Object.fromEntries(entries.map(([name, value]) => [name, Array.isArray(value) ? value.at(-1) : value]));
}
