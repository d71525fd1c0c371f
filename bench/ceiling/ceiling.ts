import { fileURLToPath } from 'node:url';
import type { Bench } from '../bench.ts';
import { type BookingLoad, measureRequests } from '../load/measure-bookings.ts';
import type { Contestant } from '../side-by-side.ts';
import { BenchProcess } from '../stage/bench-process.ts';

const SERVER = fileURLToPath(new URL('./server.ts', import.meta.url));
const ANY_EVENT = 1;

export function startCeiling(): Promise<BenchProcess> {
  return BenchProcess.start([SERVER]);
}

/** The same load on answers that are constants: always a booking, whatever is asked for. */
export function ceilingOf(bench: Bench, ceiling: BenchProcess, load: BookingLoad): Contestant {
  return {
    name: 'ceiling',
    measure: () => measureRequests(bench, [ceiling.url], [ANY_EVENT], { ...load, outcome: 'booked' }),
  };
}
