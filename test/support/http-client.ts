import { once } from 'node:events';
import { Agent, type AgentOptions, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';

export interface HttpRequest {
  /** GET, or POST with a body, unless told otherwise. */
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; a text or bytes are sent as they are. */
  readonly body?: unknown;
}

export class HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** The body as it was sent, to see the order of its keys. */
  readonly text: string;

  constructor(status: number, headers: Headers, text: string) {
    this.status = status;
    this.headers = headers;
    this.text = text;
  }

  /** Without its parameters; empty when there is none. */
  get mediaType(): string {
    return this.headers.get('content-type')?.split(';')[0] ?? '';
  }

  // biome-ignore lint/suspicious/noExplicitAny: whoever asks knows what is there
  get body(): any {
    return JSON.parse(this.text);
  }
}

export class LateAnswer extends Error {}

/** One request, as any program sends it. */
export async function send(url: string, asked: HttpRequest): Promise<HttpAnswer> {
  const { method, path, headers, body } = written(asked);
  const response = await fetch(url + path, {
    method,
    headers,
    redirect: 'manual',
    ...(body !== undefined && { body }),
  });
  return new HttpAnswer(response.status, response.headers, await response.text());
}

/** Sends also what a fetch would correct or refuse to send, and keeps its connections. */
export class HttpClient {
  readonly #agent: Agent;
  readonly #timeoutMs: number;

  constructor({ timeoutMs = 30_000, ...options }: AgentOptions & { readonly timeoutMs?: number } = {}) {
    this.#agent = new Agent({ keepAlive: true, ...options });
    this.#timeoutMs = timeoutMs;
  }

  /** Rejects when the connection is closed without an answer, or none comes in time. */
  async send(url: string, asked: HttpRequest): Promise<HttpAnswer> {
    const { method, path, headers, body } = written(asked);
    const { hostname: host, port } = new URL(url);
    const length = body === undefined ? {} : { 'content-length': `${Buffer.byteLength(body)}` };
    const signal = AbortSignal.timeout(this.#timeoutMs);
    const agent = this.#agent;
    const sending = request({ agent, host, port, method, path, headers: { ...headers, ...length }, signal });
    const answered = once(sending, 'response');
    // Also once the answer has come, which `once` no longer hears.
    sending.on('error', () => undefined);
    sending.end(body);
    try {
      const [answer] = (await answered) as [IncomingMessage];
      const pairs = Object.entries(answer.headersDistinct).map(([name, values]) => [name, `${values}`] as const);
      return new HttpAnswer(answer.statusCode ?? 0, new Headers(Object.fromEntries(pairs)), await text(answer));
    } catch (error) {
      throw signal.aborted ? new LateAnswer(`no answer within ${this.#timeoutMs} ms`) : error;
    }
  }

  close(): void {
    this.#agent.destroy();
  }
}

function written({ method, path, headers, body }: HttpRequest) {
  const isSent = body !== undefined && body !== null;
  const raw = typeof body === 'string' || body instanceof Uint8Array;
  return {
    method: method ?? (isSent ? 'POST' : 'GET'),
    path,
    headers: { ...(isSent && { 'content-type': 'application/json' }), ...headers },
    body: isSent ? (raw ? (body as string | Buffer<ArrayBuffer>) : JSON.stringify(body)) : undefined,
  };
}
