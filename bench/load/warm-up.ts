import { sendWithAutocannon } from './autocannon.ts';

const REQUESTS = 4_000;
const CONNECTIONS = 64;

/** Once after the start of a process: V8 needs thousands of requests before it runs a server at its speed. */
export async function warmUp(
  url: string,
  bodies: readonly string[],
  { authorizations = [], requests = REQUESTS }: { authorizations?: readonly string[]; requests?: number } = {},
): Promise<void> {
  const { failures } = await sendWithAutocannon({ url, bodies, authorizations, connections: CONNECTIONS }, requests);
  if (failures > 0) throw new Error(`${url}: ${failures} failures while it warmed up`);
}
