import autocannon from 'autocannon';
import { percentile } from '../side-by-side.ts';
import type { Load, LoadResult } from './load.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
const stopCheckMs = 20;
const firstAnswerTimeoutMs = 10_000;

/** The clock starts with the first answer, so that opening many connections is no part of what is measured. */
export function loadWithAutocannon(load: Load): Promise<LoadResult> {
  return run(load, { duration: load.seconds + firstAnswerTimeoutMs / 1_000 }, load.seconds * 1_000);
}

/** Exactly `amount` requests, however long they take. */
export function sendWithAutocannon(load: Omit<Load, 'seconds'>, amount: number): Promise<LoadResult> {
  return run(load, { amount }, Number.POSITIVE_INFINITY);
}

async function run(
  { url, bodies, authorizations, connections }: Omit<Load, 'seconds'>,
  bound: { duration: number } | { amount: number },
  stopAfterMs: number,
): Promise<LoadResult> {
  const latencies: number[] = [];
  let failures = 0;
  let clients = 0;
  let first = 0;
  let last = 0;
  const requests = bodies.map((body, i) => {
    const authorization = authorizations?.[i];
    return authorization ? { body, headers: { ...JSON_TYPE, authorization } } : { body };
  });
  const options: autocannon.Options = {
    url,
    method: 'POST',
    headers: JSON_TYPE,
    connections,
    sampleInt: stopCheckMs,
    ...bound,
    setupClient: (client) => {
      const own = clients++ % bodies.length;
      client.setRequests(requests.filter((_, i) => i % connections === own));
    },
  };
  await new Promise<void>((resolve, reject) => {
    const running = autocannon(options, (error) => (error ? reject(error) : resolve()));
    running.on('response', (_client, status, _bytes, ms) => {
      last = performance.now();
      first ||= last;
      if (status >= 200 && status < 300) latencies.push(ms);
      else failures++;
      if (last - first >= stopAfterMs) running.stop();
    });
    running.on('reqError', () => {
      failures++;
    });
  });
  if (latencies.length + failures < 2) throw new Error(`${url} does not answer`);
  latencies.sort((a, b) => a - b);
  return {
    answers: latencies.length,
    failures,
    seconds: (last - first) / 1_000,
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
  };
}

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
