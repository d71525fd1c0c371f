import { HttpClient } from '../../test/support/http-client.ts';
import { compareThroughput, type Scenario } from '../bench.ts';
import { throughputFigures } from '../figure.ts';
import { percentile, type Sample } from '../side-by-side.ts';
import { createEndlessEvent, type Installation, withInstallations } from '../stage/installation.ts';

const BUYERS = 64;
const WARM_UP_SECONDS = 0.5;
const HOLD = `mutation ($eventId: ID!, $userId: ID!) {
  bookTicket(input: { eventId: $eventId, userId: $userId, holdSeconds: 600 }) { ... on Booking { id status } } }`;
const CONFIRM = `mutation ($id: ID!, $key: String!) {
  confirmBooking(id: $id, idempotencyKey: $key, paymentReference: $key) { ... on Booking { id status } } }`;

/** Everybody holds a place of the same event, pays in no time, and has a ticket in the end. */
export const holds: Scenario = {
  name: 'holds',
  run: (bench) =>
    withInstallations(bench.services, {}, async (installations) => {
      for (const installation of installations) await sell(installation, WARM_UP_SECONDS);
      const contestants = installations.map((installation) => {
        return { name: installation.setup, measure: () => sell(installation, bench.seconds) };
      });
      const title = `hold, confirm, final: one event, GraphQL, ${BUYERS} buyers`;
      return throughputFigures('holds', title, await compareThroughput(bench, title, contestants));
    }),
};

/** @returns bookings that are final by the second, and how long a buyer waited for both answers together */
async function sell(installation: Installation, seconds: number): Promise<Sample> {
  const eventId = await createEndlessEvent(installation.url);
  const client = new HttpClient({ maxSockets: BUYERS });
  const times: number[] = [];
  const since = performance.now();
  const buy = async (userId: number) => {
    while (performance.now() - since < seconds * 1_000) {
      const begin = performance.now();
      const { id } = await ask(client, installation, HOLD, { eventId, userId });
      await ask(client, installation, CONFIRM, { id, key: `pay-${id}` });
      times.push(performance.now() - begin);
    }
  };
  try {
    await Promise.all(Array.from({ length: BUYERS }, (_, i) => buy(i + 1)));
  } finally {
    client.close();
  }
  await installation.drained();
  const took = (performance.now() - since) / 1_000;
  times.sort((a, b) => a - b);
  return { perSecond: times.length / took, p50Ms: percentile(times, 0.5), p99Ms: percentile(times, 0.99) };
}

/** @throws an answer that is no booking */
async function ask(client: HttpClient, { url }: Installation, query: string, variables: object) {
  const { body, text } = await client.send(url, { path: '/graphql', body: { query, variables } });
  const [booking] = Object.values((body as { data?: Record<string, { id?: string }> }).data ?? {});
  if (booking?.id === undefined) throw new Error(`no booking: ${text}`);
  return { id: booking.id };
}
