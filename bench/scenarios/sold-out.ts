import { bookTicket, createEvent } from '../../test/support/graphql-client.ts';
import { type Bench, compareThroughput, type Scenario } from '../bench.ts';
import { withCeiling } from '../ceiling/ceiling.ts';
import { throughputFigures } from '../figure.ts';
import { GRAPHQL } from '../load/booking-requests.ts';
import { type BookingLoad, bookingRequests } from '../load/measure-bookings.ts';
import { measureRequests } from '../load/measure-requests.ts';
import type { Contestant } from '../side-by-side.ts';
import { type Installation, withInstallations } from '../stage/installation.ts';

/** What most buyers get to hear on the day everybody wants the same places. */
export const soldOut: Scenario = {
  name: 'sold-out',
  run: (bench) =>
    withInstallations(bench.services, {}, (installations) =>
      withCeiling(bench, async (ceilingOf) => {
        const load = { api: GRAPHQL, connections: 64, seconds: bench.seconds };
        const contestants = [ceilingOf(load)];
        for (const installation of installations) contestants.push(await refusalsOf(bench, installation, load));
        const title = 'sold-out refusals, GraphQL, 64 connections';
        return throughputFigures('sold-out', title, await compareThroughput(bench, title, contestants));
      }),
    ),
};

async function refusalsOf(bench: Bench, installation: Installation, load: BookingLoad): Promise<Contestant> {
  const { url, setup } = installation;
  const eventId = await createEvent(url, { capacity: 1 });
  const answer = await bookTicket(url, { eventId });
  if (answer.__typename !== 'Booking') throw new Error(`${setup}: the only place was refused: ${answer.code}`);
  const before = await installation.booked();
  const requests = bookingRequests(url, [Number(eventId)], load, 'SOLD_OUT');
  return {
    name: setup,
    measure: async () => {
      const sample = await measureRequests(bench, requests);
      const booked = await installation.booked();
      if (booked !== before) throw new Error(`${setup}: ${booked - before} places booked of a sold-out event`);
      return sample;
    },
  };
}
