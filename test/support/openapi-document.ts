import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { type HttpAnswer, type HttpRequest, send } from './http-client.ts';

/** What our tests read of an OpenAPI document. */
export interface OpenApiDocument {
  readonly openapi: string;
  readonly servers: readonly { readonly url: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

export interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly tags: readonly string[];
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required: boolean;
    readonly schema: Schema;
    readonly example?: unknown;
  }[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content: Content }>>;
}

interface Schema {
  readonly title?: string;
  readonly type?: unknown;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
}

type Content = Readonly<Record<string, { readonly schema: { readonly $ref?: string } }>>;

/** What is wrong with the body of a route's answer, or of a named schema; nothing when it is as the document says. */
export function documentedBodies(document: OpenApiDocument) {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema({ ...document, $id: 'openapi.json' });
  const faultsAt = (steps: readonly string[], text: string): string[] => {
    const pointer = steps.map((step) => encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/');
    // Compiled once: what `validate` is given as a new object is compiled again.
    const isDocumented = ajv.getSchema(`openapi.json#/${pointer}`);
    try {
      if (isDocumented?.(JSON.parse(text))) return [];
    } catch {
      return [`is no JSON: ${text}`];
    }
    return [`is not as documented: ${ajv.errorsText(isDocumented?.errors)}`];
  };
  return {
    ofRoute: (method: string, template: string, { status, mediaType, text }: HttpAnswer): string[] => {
      const operation = document.paths[template]?.[method.toLowerCase()];
      if (!operation?.responses[`${status}`]?.content[mediaType]) return [`${status} ${mediaType} is not documented`];
      const steps = ['paths', template, method.toLowerCase(), 'responses', `${status}`, 'content', mediaType, 'schema'];
      return faultsAt(steps, text);
    },
    ofSchema: (name: string, text: string) => faultsAt(['components', 'schemas', name], text),
  };
}

export type Rest = (method: string, path: string, asked?: Omit<HttpRequest, 'method' | 'path'>) => Promise<HttpAnswer>;

/** A client of documented routes, which fails when an answer is not what the server's own document says. */
export async function documentedRest(url: string): Promise<Rest> {
  const document = (await send(url, { path: '/openapi.json' })).body as OpenApiDocument;
  const faultsOf = documentedBodies(document);
  return async (method, path, asked = {}) => {
    const answer = await send(url, { method, path, ...asked });
    const pathname = path.replace(/\?.*$/, '');
    const template = Object.keys(document.paths).find((one) => patternOf(one).test(pathname));
    const faults = template ? faultsOf.ofRoute(method, template, answer) : ['is no documented path'];
    if (faults.length > 0) throw new Error(`${method} ${path}: ${faults} in ${answer.text}`);
    return answer;
  };
}

/** Of the paths that belong to a template such as `/event/{event_id}`. */
export function patternOf(template: string): RegExp {
  return new RegExp(`^${template.replace(/\{\w+\}/g, '([^/]+)')}/?$`);
}
