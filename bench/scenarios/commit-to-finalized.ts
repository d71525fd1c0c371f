import { eventually } from '../../test/support/eventually.ts';
import { createEvent } from '../../test/support/graphql-client.ts';
import { send } from '../../test/support/http-client.ts';
import type { Bench, Scenario } from '../bench.ts';
import type { Figure } from '../figure.ts';
import { GRAPHQL } from '../load/booking-requests.ts';
import { median, percentile } from '../side-by-side.ts';
import type { Installation } from '../stage/installation.ts';
import { withInstallations } from '../stage/installation.ts';
import { watch } from '../stage/watch.ts';

const BOOKINGS = 100;
const WARM_UP_BOOKINGS = 20;
const EVENT_BOOKINGS = `subscription ($eventId: ID!) { eventBookingsChanged(eventId: $eventId) { id status } }`;

interface Times {
  readonly sinceAnswerMs: number;
  readonly sinceRequestMs: number;
}

/** How long one buyer waits at an idle box office, from the answer that the place is booked until it is final. */
export const commitToFinalized: Scenario = {
  name: 'commit-to-finalized',
  run: (bench) =>
    withInstallations(bench.services, {}, async (installations) => {
      const times = new Map<string, Times[][]>(installations.map(({ setup }) => [setup, []]));
      for (let round = 1; round <= bench.rounds; round++) {
        for (const installation of installations) {
          times.get(installation.setup)?.push(await bookOneByOne(bench, round, installation));
        }
      }
      return [...times].flatMap(([setup, rounds]) => [
        figure(
          'commit-to-finalized',
          'from the answer to FINALIZED at a subscriber, idle',
          setup,
          rounds,
          'sinceAnswerMs',
        ),
        figure(
          'request-to-finalized',
          'from the request to FINALIZED at a subscriber, idle',
          setup,
          rounds,
          'sinceRequestMs',
        ),
      ]);
    }),
};

async function bookOneByOne(bench: Bench, round: number, { url, setup }: Installation): Promise<Times[]> {
  const eventId = Number(await createEvent(url, { capacity: 1_000_000 }));
  const finalizedAt = new Map<string, number>();
  const end = watch<{ id: string; status: string }>(url, EVENT_BOOKINGS, { eventId }, ({ id, status }) => {
    if (status === 'FINALIZED') finalizedAt.set(id, performance.now());
  });
  // Nothing tells that a subscription has begun, but a booking that is seen on it does.
  await eventually(async () => {
    await book(url, eventId);
    return finalizedAt.size > 0;
  });
  const times: Times[] = [];
  for (let i = 0; i < WARM_UP_BOOKINGS + BOOKINGS; i++) {
    const { id, sentAt, answeredAt } = await book(url, eventId);
    await eventually(() => finalizedAt.has(id), { intervalMs: 1 });
    const at = finalizedAt.get(id) as number;
    if (i < WARM_UP_BOOKINGS) continue;
    times.push({ sinceAnswerMs: Math.max(0, at - answeredAt), sinceRequestMs: at - sentAt });
  }
  await end();
  const sorted = times.map((time) => time.sinceAnswerMs).sort((a, b) => a - b);
  bench.print(
    `    round ${round}: ${setup} p50 ${percentile(sorted, 0.5).toFixed(1)} ms, p99 ${percentile(sorted, 0.99).toFixed(1)} ms`,
  );
  return times;
}

async function book(url: string, eventId: number): Promise<{ id: string; sentAt: number; answeredAt: number }> {
  const sentAt = performance.now();
  const { status, text, body } = await send(url, { path: GRAPHQL.path, body: GRAPHQL.body(eventId, 1) });
  const answeredAt = performance.now();
  const outcome = GRAPHQL.outcome(status, text);
  if (outcome !== 'booked') throw new Error(`${outcome} instead of a booking`);
  return { id: body.data.bookTicket.id, sentAt, answeredAt };
}

function figure(id: string, what: string, setup: string, rounds: readonly Times[][], key: keyof Times): Figure {
  const sorted = rounds.map((times) => times.map((time) => time[key]).sort((a, b) => a - b));
  const p50Ms = median(sorted.map((times) => percentile(times, 0.5)));
  const p99Ms = median(sorted.map((times) => percentile(times, 0.99)));
  return { id: `${id}/${setup}`, what, setup, value: p50Ms, unit: 'ms', p50Ms, p99Ms };
}
