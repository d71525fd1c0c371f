import { setTimeout as pause } from 'node:timers/promises';
import { bookTicket, createEvent } from '../../test/support/graphql-client.ts';
import { residentBytes } from '../../test/support/process-state.ts';
import type { Bench, Scenario } from '../bench.ts';
import type { Figure } from '../figure.ts';
import { median } from '../side-by-side.ts';
import { Crowd } from '../stage/crowd.ts';
import { type Installation, withInstallations } from '../stage/installation.ts';

const SUBSCRIBERS = 5_000;
const WARM_UP_BOOKINGS = 500;
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
    const after = times.map(Math.round).join(', ');
    print(`    ${setup}: ${kilobytes.toFixed(1)} KB each, all have an update after ${after} ms`);
    const each = 'memory of the server per subscriber, 5,000 of one event';
    const all = 'from a booking until all of 5,000 subscribers have the update';
    return [
      { id: `subscribers/memory/${setup}`, what: each, setup, value: kilobytes, unit: 'KB' },
      { id: `subscribers/update/${setup}`, what: all, setup, value: median(times), unit: 'ms', rounds: times },
    ];
  } finally {
    crowd.leave();
  }
}

/** A server that has just started would count its own warming up as memory of the subscribers. */
async function bookSome(url: string): Promise<void> {
  const eventId = await createEvent(url, { capacity: WARM_UP_BOOKINGS });
  for (let i = 0; i < WARM_UP_BOOKINGS; i++) await bookTicket(url, { eventId });
}
