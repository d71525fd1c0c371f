import { setTimeout as pause } from 'node:timers/promises';
import { bookTicket, createEvent } from '../../test/support/graphql-client.ts';
import { residentBytes } from '../../test/support/process-state.ts';
import type { Bench, Scenario } from '../bench.ts';
import type { Figure } from '../figure.ts';
import { median } from '../side-by-side.ts';
import { Crowd } from '../stage/crowd.ts';
import type { Installation } from '../stage/installation.ts';
import { withInstallations } from '../stage/installation.ts';

const SUBSCRIBERS = 5_000;
const WARM_UP_BOOKINGS = 500;
const BOOKINGS_MEANWHILE = 100;
const BUYER_PAUSE_MS = 20;
const settleMs = 500;
const CROWD_FROM_ONE_ADDRESS = {
  ADDRESS_MAX_CONNECTIONS: '0',
  ADDRESS_MAX_SOCKETS: '0',
  WATCHER_MAX_SOCKETS: '0',
  WATCHER_MAX_SUBSCRIPTIONS: '0',
};

/** What a subscriber costs, and how long one update takes to reach all of them. */
export const subscribers: Scenario = {
  name: 'subscribers',
  run: (bench) =>
    withInstallations(bench.services, { env: CROWD_FROM_ONE_ADDRESS }, async (installations) => {
      const figures: Figure[] = [];
      for (const installation of installations) figures.push(...(await watchTogether(bench, installation)));
      return figures;
    }),
};

async function watchTogether({ rounds, print }: Bench, installation: Installation): Promise<Figure[]> {
  const { url, setup } = installation;
  const pid = installation.api?.pid as number;
  const eventId = await createEvent(url, { capacity: 1_000_000 });
  await bookSome(url);
  const before = await residentBytes(pid);
  const crowd = new Crowd(url, eventId, SUBSCRIBERS);
  try {
    await crowd.allSaw(0);
    await pause(settleMs);
    const kilobytes = ((await residentBytes(pid)) - before) / SUBSCRIBERS / 1_024;
    const times: number[] = [];
    for (let round = 1; round <= rounds; round++) {
      const since = performance.timeOrigin + performance.now();
      await bookTicket(url, { eventId });
      times.push((await crowd.allSaw(round)) - since);
      await installation.drained();
      await pause(settleMs);
    }
    const buyerMs = await buy(url, eventId);
    await installation.drained();
    print(
      `    ${setup}: ${kilobytes.toFixed(1)} KB each, all have an update after ${times.map(Math.round).join(', ')} ms, a buyer waits ${buyerMs.toFixed(1)} ms`,
    );
    const each = 'memory of the server per subscriber, 5,000 of one event';
    const all = 'from a booking until all of 5,000 subscribers have the update';
    const meanwhile = 'a booking while 5,000 subscribers are sent each update, median';
    return [
      { id: `subscribers/buyer/${setup}`, what: meanwhile, setup, value: buyerMs, unit: 'ms' },
      { id: `subscribers/memory/${setup}`, what: each, setup, value: kilobytes, unit: 'KB' },
      { id: `subscribers/update/${setup}`, what: all, setup, value: median(times), unit: 'ms', rounds: times },
    ];
  } finally {
    crowd.leave();
  }
}

/** One booking after the other, each of which is an update for all; the median. */
async function buy(url: string, eventId: string): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < BOOKINGS_MEANWHILE; i++) {
    const since = performance.now();
    await bookTicket(url, { eventId });
    times.push(performance.now() - since);
    await pause(BUYER_PAUSE_MS);
  }
  return median(times);
}

/** A server that has just started would count its own warming up as memory of the subscribers. */
async function bookSome(url: string): Promise<void> {
  const eventId = await createEvent(url, { capacity: WARM_UP_BOOKINGS });
  for (let i = 0; i < WARM_UP_BOOKINGS; i++) await bookTicket(url, { eventId });
}
