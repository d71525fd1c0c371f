import { type Bench, compareThroughput, type Scenario } from '../bench.ts';
import { type CeilingOf, withCeiling } from '../ceiling/ceiling.ts';
import { type Figure, throughputFigures } from '../figure.ts';
import { type Api, GRAPHQL, REST } from '../load/booking-requests.ts';
import { measureBookings } from '../load/measure-bookings.ts';
import { createEndlessEvent, type Installation, withInstallations } from '../stage/installation.ts';

const CONNECTIONS = [64, 1, 256];
/** The number of connections at which marks are given, and which gets the longest measurement. */
const USUAL_CONNECTIONS = 64;

/** Everybody wants the same event. */
export const hotEvent: Scenario = {
  name: 'hot-event',
  run: (bench) =>
    withInstallations(bench.services, {}, (installations) =>
      withCeiling(bench, async (ceilingOf) => {
        const figures: Figure[] = [];
        for (const api of [GRAPHQL, REST]) {
          for (const connections of CONNECTIONS) {
            figures.push(...(await compare(bench, ceilingOf, installations, api, connections)));
          }
        }
        return figures;
      }),
    ),
};

async function compare(
  bench: Bench,
  ceilingOf: CeilingOf,
  installations: readonly Installation[],
  api: Api,
  connections: number,
): Promise<Figure[]> {
  const usual = connections === USUAL_CONNECTIONS;
  const load = { api, connections, seconds: usual ? bench.seconds : bench.seconds / 3 };
  const title = `one hot event, ${api.name}, ${connections} ${connections === 1 ? 'connection' : 'connections'}`;
  const contestants = installations.map((installation) => ({
    name: installation.setup,
    measure: async () => measureBookings(bench, installation, [await createEndlessEvent(installation.url)], load),
  }));
  const compared = await compareThroughput(bench, title, [ceilingOf(load), ...contestants]);
  return throughputFigures(`hot-event/${api.name}/${connections}`, title, compared);
}
