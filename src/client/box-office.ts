import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import type { ClientConfig } from '../config.ts';

interface Answer {
  readonly data?: unknown;
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[];
}

/** The longest wait for an answer, and for the first byte of a download. */
const PATIENCE_MS = 30_000;

/** A box office that runs somewhere, asked through its public API. What goes wrong is said in one line. */
export class BoxOffice {
  readonly #url: string;
  readonly #token: string | null;

  constructor({ url, token }: ClientConfig) {
    this.#url = url.replace(/\/+$/, '');
    this.#token = token;
  }

  /** @returns the data of a GraphQL answer. @throws Error with the message of its first error */
  async ask<Data>(query: string, variables: object): Promise<Data> {
    const response = await this.#send('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = await this.#read(response);
    const [error] = errors ?? [];
    if (error) throw new Error(this.#explain(error.message, error.extensions?.code));
    return data as Data;
  }

  /** What is at a path of its REST API, as it comes. @throws Error with what the problem is called there */
  async download(path: string): Promise<Readable> {
    const response = await this.#send(path, {});
    if (response.ok && response.body) return Readable.fromWeb(response.body as ReadableStream);
    const { detail, code } = (await response.json().catch(() => ({}))) as { detail?: string; code?: string };
    throw new Error(this.#explain(detail ?? `${this.#url}${path} answers ${response.status}`, code));
  }

  async #send(path: string, init: RequestInit & { headers?: Record<string, string> }): Promise<Response> {
    const authorization = this.#token === null ? {} : { authorization: `Bearer ${this.#token}` };
    const timeout = new AbortController();
    const timer = setTimeout(() => timeout.abort(), PATIENCE_MS);
    try {
      return await fetch(`${this.#url}${path}`, {
        ...init,
        headers: { ...init.headers, ...authorization },
        signal: timeout.signal,
      });
    } catch (error) {
      const { code, message } = Object((error as Error).cause ?? error) as { code?: string; message?: string };
      // Without the cause, which would be taken for an error of our own database.
      throw new Error(`no box office answers at ${this.#url} (${code ?? message}); BOXOFFICE_URL says where it is`);
    } finally {
      clearTimeout(timer);
    }
  }

  async #read(response: Response): Promise<Answer> {
    const answer = (await response.json().catch(() => null)) as Answer | null;
    if (answer?.data !== undefined || answer?.errors) return answer;
    throw new Error(
      `what answers at ${this.#url} (${response.status}) is no box office; BOXOFFICE_URL says where it is`,
    );
  }

  #explain(message: string, code: string | undefined): string {
    if (code === 'UNAUTHENTICATED') return `${message} BOXOFFICE_TOKEN says who asks.`;
    return code === 'FORBIDDEN' ? `${message} BOXOFFICE_TOKEN must be an organizer's.` : message;
  }
}
