/** What of an OpenAPI 3.1 document a collection is made of. */
export interface OpenApiDocument {
  readonly info: { readonly title: string; readonly version: string; readonly description?: string };
  readonly tags?: readonly { readonly name: string; readonly description?: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> };
}

interface Operation {
  readonly summary: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly description?: string;
  readonly example?: unknown;
}

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly examples?: readonly unknown[];
  readonly format?: string;
}

const FORMAT = 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json';
/** Of Postman: a new one for each request. */
const ANOTHER_EACH_TIME = '{{$guid}}';
const NOW = '{{$isoTimestamp}}';

/** A Postman collection (v2.1, which Bruno and Insomnia read too) with every operation: a folder for each tag. */
export function postmanCollection(document: OpenApiDocument) {
  const { info, tags = [], paths } = document;
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  return {
    info: { name: info.title, version: info.version, description: info.description, schema: FORMAT },
    variable: [
      { key: 'url', value: 'http://localhost:8000' },
      { key: 'token', value: '' },
    ],
    auth: { type: 'bearer', bearer: [{ key: 'token', value: '{{token}}' }] },
    item: tags.map(({ name, description }) => ({
      name,
      description,
      item: operations
        .filter(({ operation }) => operation.tags?.[0] === name)
        .map(({ path, method, operation }) => ({
          name: operation.summary,
          request: requestOf(document, path, method, operation),
        })),
    })),
  };
}

function requestOf(document: OpenApiDocument, path: string, method: string, operation: Operation) {
  const parameters = (place: string) => (operation.parameters ?? []).filter((parameter) => parameter.in === place);
  const inPath = path.replaceAll(/\{(\w+)\}/g, ':$1');
  const body = operation.requestBody?.content['application/json']?.schema;
  const headers = parameters('header').map(({ name, description }) => {
    return { key: name, value: ANOTHER_EACH_TIME, description };
  });
  return {
    method: method.toUpperCase(),
    description: operation.description,
    header: body ? [{ key: 'Content-Type', value: 'application/json' }, ...headers] : headers,
    url: {
      raw: `{{url}}${inPath}`,
      host: ['{{url}}'],
      path: inPath.split('/').slice(1),
      query: parameters('query').map(({ name, description }) => ({
        key: name,
        value: '',
        description,
        disabled: true,
      })),
      variable: parameters('path').map(({ name, description, example }) => {
        return { key: name, value: String(example ?? ''), description };
      }),
    },
    ...(body && {
      body: {
        mode: 'raw',
        raw: JSON.stringify(exampleOf(document, body), null, 2),
        options: { raw: { language: 'json' } },
      },
    }),
  };
}

/** The examples of a schema; of what has none, only what is required. */
function exampleOf(document: OpenApiDocument, given: Schema): unknown {
  const schema = resolve(document, given);
  if (schema.examples) return schema.examples[0];
  if (schema.items) return [exampleOf(document, schema.items)];
  if (!schema.properties) return schema.format === 'date-time' ? NOW : ANOTHER_EACH_TIME;
  const { required = [], properties } = schema;
  const shown = Object.entries(properties).filter(
    ([name, property]) => required.includes(name) || resolve(document, property).examples,
  );
  return Object.fromEntries(shown.map(([name, property]) => [name, exampleOf(document, property)]));
}

function resolve({ components }: OpenApiDocument, schema: Schema): Schema {
  const name = schema.$ref?.replace('#/components/schemas/', '');
  return name === undefined ? schema : (components?.schemas?.[name] as Schema);
}
