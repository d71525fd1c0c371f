import { bookingIn, nameOf } from '../../test/support/booking-client.ts';
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

/** Wishes for these events in turn, each of which must be answered with `expected`. */
export function bookingRequests(
  url: string,
  eventIds: readonly number[],
  { api, ...load }: BookingLoad,
  expected = 'booked',
): Requests {
  return {
    ...load,
    url: url + api.path,
    bodies: bodiesFor(api, eventIds),
    problemIn: (answer) => {
      const found = nameOf(bookingIn(answer));
      return found === expected ? null : `${found} instead of ${expected}: ${answer.text}`;
    },
  };
}

/** Each counted answer must be a place booked. */
export async function measureBookings(
  bench: Bench,
  installation: Installation,
  eventIds: readonly number[],
  load: BookingLoad,
): Promise<Sample> {
  let before = 0;
  const whenWarm = async () => {
    before = await installation.booked();
  };
  const requests = bookingRequests(installation.url, eventIds, load);
  const sample = await measureRequests(bench, { ...requests, whenWarm });
  const booked = (await installation.booked()) - before;
  if (booked < sample.answers) {
    throw new Error(`${installation.setup}: ${sample.answers} answers with 2xx, but only ${booked} places booked`);
  }
  await installation.drained();
  return sample;
}
