import { compareThroughput, type Scenario } from '../bench.ts';
import { withCeiling } from '../ceiling/ceiling.ts';
import { throughputFigures } from '../figure.ts';
import { GRAPHQL } from '../load/booking-requests.ts';
import { measureBookings } from '../load/measure-bookings.ts';
import { createEndlessEvent, withInstallations } from '../stage/installation.ts';

const EVENTS = 1_000;
const CREATED_AT_ONCE = 50;

/** Bookings spread evenly: no two neighbours want the same event, so groups are small. */
export const manyEvents: Scenario = {
  name: 'many-events',
  run: (bench) =>
    withInstallations(bench.services, {}, (installations) =>
      withCeiling(bench, async (ceilingOf) => {
        const load = { api: GRAPHQL, connections: 64, seconds: bench.seconds / 2 };
        const contestants = [ceilingOf(load)];
        for (const installation of installations) {
          const eventIds = await createEvents(installation.url);
          const measure = () => measureBookings(bench, installation, eventIds, load);
          contestants.push({ name: installation.setup, measure });
        }
        const title = '1,000 events evenly, GraphQL, 64 connections';
        return throughputFigures('many-events', title, await compareThroughput(bench, title, contestants));
      }),
    ),
};

async function createEvents(url: string): Promise<number[]> {
  const ids: number[] = [];
  while (ids.length < EVENTS) {
    const created = Array.from({ length: CREATED_AT_ONCE }, () => createEndlessEvent(url));
    ids.push(...(await Promise.all(created)));
  }
  return ids;
}
