import { createEvent } from '../../test/support/graphql-client.ts';
import { bodiesFor, GRAPHQL } from '../load/booking-requests.ts';
import { warmUp } from '../load/warm-up.ts';
import { allSettled } from './all-settled.ts';
import { Installation, type InstallationOptions, SETUPS } from './installation.ts';
import type { Services } from './services.ts';

const ENDLESS = 2_000_000_000;

/** Opens the three setups, warm, and closes them whatever happens: each closing verifies its database. */
export async function withInstallations<T>(
  services: Services,
  options: InstallationOptions,
  work: (installations: readonly Installation[]) => Promise<T>,
  setups: readonly (typeof SETUPS)[number][] = SETUPS,
): Promise<T> {
  const installations: Installation[] = [];
  let result: T;
  try {
    await allSettled(
      setups.map(async (setup, i) => {
        installations[i] = await Installation.open(setup, services, options);
      }),
    );
    for (const installation of installations) await bookUntilWarm(installation);
    result = await work(installations);
  } catch (error) {
    await closeAll(installations.filter(Boolean)).catch(() => undefined);
    throw error;
  }
  await closeAll(installations);
  return result;
}

/** All of them, also when one is found broken. */
export async function closeAll(installations: readonly Installation[]): Promise<void> {
  await allSettled(installations.map((installation) => installation.close()));
}

async function bookUntilWarm(installation: Installation): Promise<void> {
  for (const { url } of installation.apis) {
    const eventId = Number(await createEvent(url, { capacity: ENDLESS }));
    await warmUp(url + GRAPHQL.path, bodiesFor(GRAPHQL, [eventId]));
  }
  await installation.drained();
}
