import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { OpenApiDocument } from './openapi-document.ts';

export interface RestAnswer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: its shape has been checked against the document
  readonly body: any;
  /** The body as it was sent, to see the order of its keys. */
  readonly text: string;
}

export type CheckedFetch = (method: string, path: string, request?: RestRequest) => Promise<RestAnswer>;

interface RestRequest {
  /** Sent as JSON; a text or bytes are sent as they are. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A fetch for documented routes, which fails when an answer is not what the server's own document says. */
export async function checkedFetch(url: string): Promise<CheckedFetch> {
  const document = (await (await fetch(`${url}/openapi.json`)).json()) as OpenApiDocument;
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema({ ...document, $id: 'openapi.json' });

  return async (method, path, request = {}) => {
    const answer = await send(url, method, path, request);
    const template = templateOf(document, path);
    const { [String(answer.status)]: documented } = document.paths[template]?.[method.toLowerCase()]?.responses ?? {};
    const mediaType = answer.headers.get('content-type')?.split(';')[0] ?? '';
    const what = `${method} ${path}: ${answer.status} ${mediaType}`;
    if (!documented?.content[mediaType]) throw new Error(`${what} is not documented: ${answer.text}`);

    const steps = ['paths', template, method.toLowerCase(), 'responses', answer.status, 'content', mediaType, 'schema'];
    const pointer = steps.map((step) => encodeURIComponent(String(step).replaceAll('~', '~0').replaceAll('/', '~1')));
    const valid = ajv.validate({ $ref: `openapi.json#/${pointer.join('/')}` }, answer.body);
    if (!valid) throw new Error(`${what} is not as documented: ${ajv.errorsText()} in ${answer.text}`);
    return answer;
  };
}

async function send(url: string, method: string, path: string, { body, headers }: RestRequest): Promise<RestAnswer> {
  const raw = body === undefined || typeof body === 'string' || body instanceof Uint8Array;
  const response = await fetch(url + path, {
    method,
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: raw ? (body as string) : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: JSON.parse(text), text };
}

/** The documented path, such as `/event/{event_id}`, that a path belongs to. */
function templateOf(document: OpenApiDocument, path: string): string {
  const pathname = path.replace(/\?.*$/, '');
  const found = Object.keys(document.paths).find((template) => {
    return new RegExp(`^${template.replace(/\{\w+\}/g, '[^/]+')}$`).test(pathname);
  });
  if (!found) throw new Error(`${path} is not documented`);
  return found;
}
