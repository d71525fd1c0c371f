import { fileURLToPath } from 'node:url';
import type { Bench } from '../bench.ts';
import { warmUp } from '../load/autocannon.ts';
import { bodiesFor, GRAPHQL, REST } from '../load/booking-requests.ts';
import { type BookingLoad, bookingRequests } from '../load/measure-bookings.ts';
import { measureRequests } from '../load/measure-requests.ts';
import type { Contestant } from '../side-by-side.ts';
import { BenchProcess } from '../stage/bench-process.ts';

const SERVER = fileURLToPath(new URL('./server.ts', import.meta.url));
const ANY_EVENT = 1;

/** The same load on answers that are constants. */
export type CeilingOf = (load: BookingLoad) => Contestant;

export async function withCeiling<T>(bench: Bench, work: (ceilingOf: CeilingOf) => Promise<T>): Promise<T> {
  const ceiling = await BenchProcess.start([], {}, { program: SERVER });
  try {
    for (const api of [GRAPHQL, REST]) await warmUp(ceiling.url + api.path, bodiesFor(api, [ANY_EVENT]));
    return await work((load) => ({
      name: 'ceiling',
      measure: () => measureRequests(bench, bookingRequests(ceiling.url, [ANY_EVENT], load)),
    }));
  } finally {
    await ceiling.stop();
  }
}
