import type { Bench } from '../bench.ts';
import type { Sample } from '../side-by-side.ts';
import type { Installation } from '../stage/installation.ts';
import { type Api, bodiesFor } from './booking-requests.ts';
import { measureRequests, type Requests } from './measure-requests.ts';

export interface BookingLoad {
  readonly api: Api;
  readonly connections: number;
  readonly seconds: number;
  /** Of the users of the bodies, in their order. */
  readonly authorizations?: readonly string[];
}

/** Wishes for these events in turn, each of which must be answered with `outcome`. */
export function bookingRequests(
  urls: readonly string[],
  eventIds: readonly number[],
  { api, connections, seconds, authorizations }: BookingLoad,
  outcome = 'booked',
): Requests {
  return {
    urls,
    path: api.path,
    bodies: bodiesFor(api, eventIds),
    ...(authorizations && { authorizations }),
    connections,
    seconds,
    problemIn: (status, answer) => {
      const found = api.outcome(status, answer);
      return found === outcome ? null : `${found} instead of ${outcome}`;
    },
  };
}

/** Bookings over an installation's first `apis` processes: each counted answer must be a place booked. */
export async function measureBookings(
  bench: Bench,
  installation: Installation,
  eventIds: readonly number[],
  load: BookingLoad,
  apis = 1,
): Promise<Sample> {
  const urls = installation.apis.slice(0, apis).map(({ url }) => url);
  let before = 0;
  const whenWarm = async () => {
    before = await installation.booked();
  };
  const sample = await measureRequests(bench, { ...bookingRequests(urls, eventIds, load), whenWarm });
  const booked = (await installation.booked()) - before;
  if (booked < sample.answers) {
    throw new Error(`${installation.setup}: ${sample.answers} answers with 2xx, but only ${booked} places booked`);
  }
  await installation.drained();
  return sample;
}
