import type { Bench } from '../bench.ts';
import type { Sample } from '../side-by-side.ts';
import type { Installation } from '../stage/installation.ts';
import { loadWithAutocannon } from './autocannon.ts';
import { type Api, bodiesFor } from './booking-requests.ts';
import type { LoadResult } from './load.ts';
import { sampleAnswers } from './sampled-answers.ts';

export interface BookingLoad {
  readonly api: Api;
  readonly connections: number;
  readonly seconds: number;
  /** `booked`, or the code of the refusal that every answer must be. */
  readonly outcome?: string;
}

const warmUpSeconds = 0.5;

/** Loads one server, or several with equal shares of the connections. Fails when an answer is not what is expected. */
export async function measureRequests(
  bench: Bench,
  urls: readonly string[],
  eventIds: readonly number[],
  { api, connections, seconds, outcome = 'booked' }: BookingLoad,
): Promise<Sample & { answers: number }> {
  const bodies = bodiesFor(api, eventIds);
  const loads = urls.map((url) => {
    return { url: url + api.path, bodies, connections: connections / urls.length, seconds };
  });
  await Promise.all(loads.map((load) => loadWithAutocannon({ ...load, seconds: warmUpSeconds })));
  const endSampling = sampleAnswers(`${urls[0]}${api.path}`, bodies[0] as string, (status, answer) => {
    const found = api.outcome(status, answer);
    return found === outcome ? null : `${found} instead of ${outcome}`;
  });
  const results = await Promise.all(loads.map((load) => bench.generate(load)));
  await endSampling();
  return sumOf(results);
}

/** Bookings over an installation's first `apis` processes: each counted answer must be a place booked. */
export async function measureBookings(
  bench: Bench,
  installation: Installation,
  eventIds: readonly number[],
  load: BookingLoad,
  apis = 1,
): Promise<Sample> {
  const before = await installation.booked();
  const urls = installation.apis.slice(0, apis).map(({ url }) => url);
  const sample = await measureRequests(bench, urls, eventIds, load);
  const booked = (await installation.booked()) - before;
  if (booked < sample.answers) {
    throw new Error(`${installation.setup}: ${sample.answers} answers with 2xx, but only ${booked} places booked`);
  }
  await installation.drained();
  return sample;
}

function sumOf(results: readonly LoadResult[]): Sample & { answers: number } {
  const failures = results.reduce((sum, result) => sum + result.failures, 0);
  if (failures > 0) throw new Error(`${failures} answers without 2xx, broken connections or timeouts`);
  return {
    answers: results.reduce((sum, result) => sum + result.answers, 0),
    perSecond: results.reduce((sum, result) => sum + result.answers / result.seconds, 0),
    // Of several servers, the slower one's.
    p50Ms: Math.max(...results.map((result) => result.p50Ms)),
    p99Ms: Math.max(...results.map((result) => result.p99Ms)),
  };
}
