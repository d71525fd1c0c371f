import autocannon from 'autocannon';
import { percentile } from '../statistics.ts';
import type { Load, LoadResult } from './load.ts';

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
  { url, bodies, connections }: Omit<Load, 'seconds'>,
  bound: { duration: number } | { amount: number },
  stopAfterMs: number,
): Promise<LoadResult> {
  const latencies: number[] = [];
  let failures = 0;
  let clients = 0;
  let first = 0;
  let last = 0;
  const options: autocannon.Options = {
    url,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    connections,
    sampleInt: stopCheckMs,
    ...bound,
    setupClient: (client) => {
      const own = clients++ % bodies.length;
      client.setRequests(bodies.filter((_, i) => i % connections === own).map((body) => ({ body })));
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
