import { setTimeout as delay } from 'node:timers/promises';
import { type Client, createClient } from 'graphql-ws';
import WebSocket from 'ws';

interface Answer<Data> {
  readonly data?: Data;
  readonly errors?: readonly { readonly message: string }[];
}

const RETRY_MS = 250;

/** The GraphQL API as the browser of a buyer asks it. */
export class BoxOffice {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  /** @throws Error with the message of the first error of the answer */
  async ask<Data>(query: string, variables: object): Promise<Data> {
    const response = await fetch(`${this.#url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = (await response.json()) as Answer<Data>;
    const [error] = errors ?? [];
    if (error) throw new Error(error.message);
    return data as Data;
  }

  /** A WebSocket of its own, open as long as somebody watches over it. */
  connect(): Connection {
    return new Connection(
      createClient({
        url: `${this.#url.replace('http', 'ws')}/graphql`,
        webSocketImpl: WebSocket,
        retryAttempts: 5,
        retryWait: () => delay(RETRY_MS),
      }),
    );
  }
}

export class Connection {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  /** Each value of a subscription, until it is complete. */
  async *watch<Data>(query: string, variables: Record<string, unknown>): AsyncGenerator<Data> {
    for await (const { data, errors } of this.#client.iterate<Data>({ query, variables })) {
      const [error] = errors ?? [];
      if (error) throw new Error(error.message);
      if (data) yield data;
    }
  }

  async close(): Promise<void> {
    await this.#client.dispose();
  }
}
