import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

/**
 * Keeps a subscription open on a connection of its own.
 * @param onValue gets the value of the subscription's only field
 * @returns the function that ends it; it throws when the subscription ended by itself
 */
export function watch<Value>(
  url: string,
  query: string,
  variables: Record<string, unknown>,
  onValue: (value: Value) => void,
): () => Promise<void> {
  const client = createClient({ url: `${url.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket });
  let problem: unknown = null;
  let closing = false;
  client.subscribe<Record<string, Value>>(
    { query, variables },
    {
      next: ({ data, errors }) => {
        const [value] = Object.values(data ?? {});
        if (errors || value === undefined) problem = errors;
        else onValue(value);
      },
      error: (error) => {
        problem = error;
      },
      complete: () => {
        if (!closing) problem ??= 'the server ended the subscription';
      },
    },
  );
  return async () => {
    closing = true;
    await client.dispose();
    if (problem !== null) throw new Error(`a subscription ended: ${JSON.stringify(problem)}`);
  };
}
