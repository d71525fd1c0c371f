import type { Config } from '../config.ts';
import { createContainer } from '../container.ts';
import { assertMigrated } from '../migrations/migrate.ts';
import { reconcileCounters } from '../reports/reconcile.ts';

/** Repairs counters and enqueues the jobs of PENDING bookings again; without `apply` it only says what it would do. */
export async function runReconcile(config: Config, apply: boolean): Promise<void> {
  const container = await createContainer(config, { database: { patient: true, mustExist: true } });
  try {
    await assertMigrated(container.db);
    const repairs = await reconcileCounters(container.db, apply);
    for (const { eventId, from, to, oversold } of repairs) {
      const change = `booked ${from.booked} -> ${to.booked}, finalized ${from.finalized} -> ${to.finalized}`;
      console.log(oversold ? `event ${eventId}: oversold, cannot be repaired` : `event ${eventId}: ${change}`);
    }
    const pending = apply && config.redis ? await container.sweeper.sweep(0) : await container.bookings.countPending();
    console.log(`${pending} PENDING bookings${enqueuedBy(config, apply)}`);
    if (!apply) console.log('nothing was changed; --apply does it');
    if (repairs.some((repair) => repair.oversold)) process.exitCode = 1;
  } finally {
    await container.close();
  }
}

function enqueuedBy(config: Config, apply: boolean): string {
  if (!config.redis) return ', taken up by the next start of the box office';
  return apply ? ' enqueued' : ' to enqueue';
}
