import { eventually } from '../../test/support/eventually.ts';
import { bookTicket, createEvent } from '../../test/support/graphql-client.ts';
import type { Bench, Scenario } from '../bench.ts';
import type { Figure } from '../figure.ts';
import { inTurn, median, percentile } from '../side-by-side.ts';
import { type Installation, withInstallations } from '../stage/installation.ts';
import { watch } from '../stage/watch.ts';

const BOOKINGS = 100;
const WARM_UP_BOOKINGS = 20;
const EVENT_BOOKINGS = `subscription ($eventId: ID!) { eventBookingsChanged(eventId: $eventId) { id status } }`;

/** How long one buyer waits at an idle box office, from the answer that the place is booked until it is final. */
export const commitToFinalized: Scenario = {
  name: 'commit-to-finalized',
  run: (bench) =>
    withInstallations(bench.services, {}, async (installations) => {
      const measured = await inTurn(bench.rounds, installations, (installation, round) =>
        bookOneByOne(bench, round, installation),
      );
      return [...measured].map(([{ setup }, rounds]): Figure => {
        const what = 'from the answer to FINALIZED at a subscriber, idle';
        const p50Ms = median(rounds.map((times) => percentile(times, 0.5)));
        const p99Ms = median(rounds.map((times) => percentile(times, 0.99)));
        return { id: `commit-to-finalized/${setup}`, what, setup, value: p50Ms, unit: 'ms', p50Ms, p99Ms };
      });
    }),
};

/** @returns how long each took, ascending */
async function bookOneByOne({ print }: Bench, round: number, { url, setup }: Installation): Promise<number[]> {
  const eventId = await createEvent(url, { capacity: 1_000_000 });
  const finalizedAt = new Map<string, number>();
  const end = watch<{ id: string; status: string }>(url, EVENT_BOOKINGS, { eventId }, ({ id, status }) => {
    if (status === 'FINALIZED') finalizedAt.set(id, performance.now());
  });
  // Nothing tells that a subscription has begun, but a booking that is seen on it does.
  await eventually(async () => {
    await book(url, eventId);
    return finalizedAt.size > 0;
  });
  const times: number[] = [];
  for (let i = 0; i < WARM_UP_BOOKINGS + BOOKINGS; i++) {
    const id = await book(url, eventId);
    const answeredAt = performance.now();
    await eventually(() => finalizedAt.has(id), { intervalMs: 1 });
    if (i >= WARM_UP_BOOKINGS) times.push(Math.max(0, (finalizedAt.get(id) as number) - answeredAt));
  }
  await end();
  times.sort((a, b) => a - b);
  const [p50, p99] = [percentile(times, 0.5), percentile(times, 0.99)];
  print(`    round ${round}: ${setup} p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`);
  return times;
}

async function book(url: string, eventId: string): Promise<string> {
  const answer = await bookTicket(url, { eventId });
  if (answer.__typename !== 'Booking') throw new Error(`${answer.code} instead of a booking`);
  return answer.id;
}
