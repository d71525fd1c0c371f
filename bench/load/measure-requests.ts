import { setTimeout as pause } from 'node:timers/promises';
import { type HttpAnswer, send } from '../../test/support/http-client.ts';
import type { Bench } from '../bench.ts';
import type { Sample } from '../side-by-side.ts';
import { loadWithAutocannon } from './autocannon.ts';
import type { Load } from './load.ts';

const warmUpSeconds = 0.3;
const sampledEveryMs = 100;

export interface Requests extends Load {
  /** Called between the warm-up and the measurement. */
  readonly whenWarm?: () => Promise<void>;
  /** What is wrong with an answer; null for nothing. */
  readonly problemIn: (answer: HttpAnswer) => string | null;
}

/** Warms up, then measures. Fails when an answer is not 2xx, and when a sampled one is not what is expected. */
export async function measureRequests(bench: Bench, requests: Requests): Promise<Sample & { answers: number }> {
  await loadWithAutocannon({ ...requests, seconds: warmUpSeconds });
  await requests.whenWarm?.();
  const endSampling = sampleAnswers(requests);
  const { answers, failures, seconds, p50Ms, p99Ms } = await bench.generate(requests).finally(endSampling);
  if (answers === 0) throw new Error('no answer came while it was measured');
  if (failures > 0) throw new Error(`${failures} answers without 2xx, broken connections or timeouts`);
  return { answers, perSecond: answers / seconds, p50Ms, p99Ms };
}

/**
 * Sends a request now and then while the load is on, and looks at its answer: load generators only count.
 * @returns the function that ends it
 * @throws (the function) when an answer is not what is expected
 */
function sampleAnswers({ url, bodies: [body], authorizations, problemIn }: Requests): () => Promise<void> {
  const headers = authorizations?.[0] === undefined ? {} : { authorization: authorizations[0] };
  let ended = false;
  let looked = 0;
  const problems: string[] = [];
  const sampling = (async () => {
    while (!ended) {
      const problem = problemIn(await send(url, { path: '', headers, body }));
      if (problem !== null) problems.push(problem);
      looked++;
      await pause(sampledEveryMs);
    }
  })().catch((error: unknown) => problems.push(String(error)));
  return async () => {
    ended = true;
    await sampling;
    if (problems.length > 0) throw new Error(`${problems.length} of ${looked} sampled answers: ${problems[0]}`);
  };
}
