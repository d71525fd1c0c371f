import { openSubscriber } from '../../test/support/subscriber.ts';

const MAX_TIMEOUT_MS = 2 ** 31 - 1;

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
  const subscriber = openSubscriber(`${url.replace('http', 'ws')}/graphql`);
  const subscription = subscriber.subscribe<Record<string, Value>>(query, variables);
  let closing = false;
  const watching = (async () => {
    for (;;) for (const value of Object.values(await subscription.next(MAX_TIMEOUT_MS))) onValue(value);
  })().catch((error: unknown) => (closing ? null : error));
  return async () => {
    closing = true;
    await subscriber.dispose();
    const problem = await watching;
    if (problem) throw problem;
  };
}
