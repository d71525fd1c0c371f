import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';

export interface HttpRequest {
  readonly method: string;
  /** Sent exactly so: nothing is normalised. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | null;
}

export interface HttpAnswer {
  readonly status: number;
  /** Without its parameters; empty when there is none. */
  readonly mediaType: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
}

export interface KeepAliveClient {
  send(request: HttpRequest): Promise<HttpAnswer>;
  close(): void;
}

/** Sends what a fetch would correct, or refuse to send, and keeps its connections. */
export function keepAliveClient(url: string): KeepAliveClient {
  const agent = new Agent({ keepAlive: true });
  const { hostname: host, port } = new URL(url);
  return {
    async send({ method, path, headers, body }) {
      const length = body === null ? {} : { 'content-length': String(body.length) };
      const sending = request({ agent, host, port, method, path, headers: { ...headers, ...length } });
      const answered = once(sending, 'response');
      // Also once the answer has come, which `once` no longer hears.
      sending.on('error', () => undefined);
      sending.end(body ?? undefined);
      const [answer] = (await answered) as [IncomingMessage];
      const mediaType = answer.headers['content-type']?.split(';')[0] ?? '';
      return { status: answer.statusCode ?? 0, mediaType, headers: answer.headers, text: await text(answer) };
    },
    close: () => agent.destroy(),
  };
}
