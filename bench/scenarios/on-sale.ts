import { eventually } from '../../test/support/eventually.ts';
import { createEvent } from '../../test/support/graphql-client.ts';
import type { Scenario } from '../bench.ts';
import { sendWithAutocannon } from '../load/autocannon.ts';
import { bodiesFor, GRAPHQL } from '../load/booking-requests.ts';
import { type Installation, withInstallations } from '../stage/installation.ts';
import { watch } from '../stage/watch.ts';

const PLACES = 50_000;
const CONNECTIONS = 64;
const timeoutMs = 180_000;
const EVENT_STATS = `subscription ($eventId: ID!) {
  eventStatsChanged(eventId: $eventId) { bookedCount finalizedCount } }`;

interface Stats {
  readonly bookedCount: number;
  readonly finalizedCount: number;
}

/** The whole way, once: places sold over GraphQL, finalized by a worker, and seen on a dashboard. */
export const onSale: Scenario = {
  name: 'on-sale',
  run: (bench) =>
    withInstallations(
      bench.services,
      {},
      async ([installation]) => {
        const { answeredS, finalizedS } = await sell(installation as Installation);
        bench.print(`    sold in ${answeredS.toFixed(1)} s, final in ${finalizedS.toFixed(1)} s`);
        const what = '50,000 places of one event sold, finalized and pushed to a dashboard';
        return [{ id: 'on-sale', what, setup: 'SQLite + Redis', value: finalizedS, unit: 's' }];
      },
      ['SQLite + Redis'],
    ),
};

async function sell({ url }: Installation): Promise<{ answeredS: number; finalizedS: number }> {
  const eventId = Number(await createEvent(url, { capacity: PLACES }));
  let seen: Stats | undefined;
  let seenAt = 0;
  const end = watch<Stats>(url, EVENT_STATS, { eventId }, (stats) => {
    seen = stats;
    if (stats.finalizedCount === PLACES) seenAt = performance.now();
  });
  await eventually(() => seen !== undefined);
  const bodies = bodiesFor(GRAPHQL, [eventId]);
  const since = performance.now();
  const result = await sendWithAutocannon({ url: url + GRAPHQL.path, bodies, connections: CONNECTIONS }, PLACES);
  const answeredS = (performance.now() - since) / 1_000;
  await eventually(
    () => {
      if (seenAt === 0) throw new Error(`the dashboard shows ${JSON.stringify(seen)} of ${PLACES} places`);
    },
    { timeoutMs, intervalMs: 10 },
  );
  await end();
  if (result.answers !== PLACES || seen?.bookedCount !== PLACES) {
    throw new Error(`${result.answers} answers, ${result.failures} failures, and ${seen?.bookedCount} places booked`);
  }
  return { answeredS, finalizedS: (seenAt - since) / 1_000 };
}
