import { setTimeout as pause } from 'node:timers/promises';
import { send } from '../../test/support/http-client.ts';
import type { Bench } from '../bench.ts';
import type { Sample } from '../side-by-side.ts';
import { loadWithAutocannon } from './autocannon.ts';
import type { LoadResult } from './load.ts';

const warmUpSeconds = 0.3;

export interface Requests {
  /** One server, or several that get equal shares of the connections. */
  readonly urls: readonly string[];
  readonly path: string;
  readonly bodies: readonly string[];
  /** One for each body; none when absent. */
  readonly authorizations?: readonly string[];
  readonly connections: number;
  readonly seconds: number;
  /** Called between the warm-up and the measurement. */
  readonly whenWarm?: () => Promise<void>;
  /** What is wrong with an answer; null for nothing. */
  readonly problemIn: (status: number, answer: string) => string | null;
}

/** Warms up, then measures. Fails when an answer is not 2xx, and when a sampled one is not what is expected. */
export async function measureRequests(bench: Bench, requests: Requests): Promise<Sample & { answers: number }> {
  const { urls, path, bodies, authorizations, connections, seconds, whenWarm, problemIn } = requests;
  const loads = urls.map((url) => ({
    url: url + path,
    bodies,
    ...(authorizations && { authorizations }),
    connections: connections / urls.length,
    seconds,
  }));
  await Promise.all(loads.map((load) => loadWithAutocannon({ ...load, seconds: warmUpSeconds })));
  await whenWarm?.();
  const endSampling = sampleAnswers(
    urls[0] as string,
    path,
    { body: bodies[0] as string, authorization: authorizations?.[0] },
    problemIn,
  );
  const results = await Promise.all(loads.map((load) => bench.generate(load))).finally(endSampling);
  return sumOf(results);
}

function sumOf(results: readonly LoadResult[]): Sample & { answers: number } {
  const failures = results.reduce((sum, result) => sum + result.failures, 0);
  if (results.some(({ answers }) => answers === 0)) throw new Error('no answer came while it was measured');
  if (failures > 0) throw new Error(`${failures} answers without 2xx, broken connections or timeouts`);
  return {
    answers: results.reduce((sum, result) => sum + result.answers, 0),
    perSecond: results.reduce((sum, result) => sum + result.answers / result.seconds, 0),
    // Of several servers, the slower one's.
    p50Ms: Math.max(...results.map((result) => result.p50Ms)),
    p99Ms: Math.max(...results.map((result) => result.p99Ms)),
  };
}

const intervalMs = 100;

/**
 * Sends a request now and then while the load is on, and looks at its answer: load generators only count.
 * @returns the function that ends it and tells how many were looked at
 * @throws (the function) when an answer is not what is expected
 */
function sampleAnswers(
  url: string,
  path: string,
  { body, authorization }: { body: string; authorization: string | undefined },
  problemIn: (status: number, answer: string) => string | null,
): () => Promise<number> {
  const headers = authorization === undefined ? {} : { authorization };
  let ended = false;
  let looked = 0;
  const problems: string[] = [];
  const sampling = (async () => {
    while (!ended) {
      const { status, text } = await send(url, { path, headers, body });
      const problem = problemIn(status, text);
      if (problem !== null) problems.push(problem);
      looked++;
      await pause(intervalMs);
    }
  })().catch((error: unknown) => problems.push(String(error)));
  return async () => {
    ended = true;
    await sampling;
    if (problems.length > 0) throw new Error(`${problems.length} of ${looked} sampled answers: ${problems[0]}`);
    return looked;
  };
}
