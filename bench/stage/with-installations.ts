import { Installation, type InstallationOptions, SETUPS } from './installation.ts';
import type { Services } from './services.ts';

/** Opens the three setups, and closes them whatever happens: each closing verifies its database. */
export async function withInstallations<T>(
  services: Services,
  options: InstallationOptions,
  work: (installations: readonly Installation[]) => Promise<T>,
  setups: readonly (typeof SETUPS)[number][] = SETUPS,
): Promise<T> {
  const installations: Installation[] = [];
  let result: T;
  try {
    for (const setup of setups) installations.push(await Installation.open(setup, services, options));
    result = await work(installations);
  } catch (error) {
    await Promise.allSettled(installations.map((installation) => installation.close()));
    throw error;
  }
  for (const installation of installations) await installation.close();
  return result;
}
