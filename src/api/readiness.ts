import type { Container } from '../container.ts';
import type { TableWrite } from '../platform/write-check.ts';

/** By then a database that does not answer counts as away. */
const DATABASE_TIMEOUT_MS = 2_000;

type Check = 'ok' | 'unavailable';
type Checks = Readonly<Record<string, Check>> & { readonly database: Check };

/** What a process does is what it must be able to write. */
export const NEEDED_WRITES = {
  selling: [
    ['INSERT', 'bookings'],
    ['UPDATE', 'events'],
  ],
  finalizing: [
    ['UPDATE', 'bookings'],
    ['UPDATE', 'events'],
    ['INSERT', 'tickets'],
  ],
} as const satisfies Record<string, readonly TableWrite[]>;

export type Purpose = keyof typeof NEEDED_WRITES;

/** How what a process depends on is doing. Resolves within about two seconds. */
export async function checkDependencies(
  { writeCheck, services, config }: Container,
  purpose: Purpose,
): Promise<Checks> {
  const timeout = new Promise<false>((resolve) => setTimeout(resolve, DATABASE_TIMEOUT_MS, false).unref());
  const writable = writeCheck.assertWritable(NEEDED_WRITES[purpose]).then(
    () => true,
    () => false,
  );
  const [database, redis] = await Promise.all([Promise.race([writable, timeout]), services.ready()]);
  return { database: check(database), ...(config.redis && { redis: check(redis) }) };
}

function check(ok: boolean): Check {
  return ok ? 'ok' : 'unavailable';
}
