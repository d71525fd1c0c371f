import { reconcileCounters } from '../audit/reconcile.ts';
import { settleEndedOffers } from '../audit/settle-ended-offers.ts';
import { BookingQueries } from '../bookings/booking-queries.ts';
import type { Config } from '../config.ts';
import { makeAllDue } from '../finalization/pending-bookings.ts';
import { assertMigrated } from '../migrations/migrate.ts';
import { openDatabase } from '../migrations/open-database.ts';
import { progressOfLongWork } from './progress.ts';

/** Repairs counters, ends entries whose offers have ended, and makes PENDING bookings due at once; without `apply` it only says what it would do. */
export async function runReconcile(config: Config, apply: boolean): Promise<void> {
  const db = await openDatabase(config.database, { patient: true, mustExist: true });
  try {
    await assertMigrated(db);
    const progress = progressOfLongWork();
    const repairs = await reconcileCounters(db, apply, (id) =>
      progress(`compared the counters of events up to id ${id}`),
    );
    for (const { eventId, from, to, oversold } of repairs) {
      const places = ['booked', 'finalized'] as const;
      const others = (['held', 'redeemed'] as const).filter((counter) => from[counter] !== to[counter]);
      const change = [...places, ...others]
        .map((counter) => `${counter} ${from[counter]} -> ${to[counter]}`)
        .join(', ');
      console.log(oversold ? `event ${eventId}: oversold, cannot be repaired` : `event ${eventId}: ${change}`);
    }
    const ended = await settleEndedOffers(db, apply, new Date());
    if (ended > 0) console.log(`${ended} entries of waiting lists go the way of their offers, which have ended`);
    const pending = apply ? await makeAllDue(db) : await new BookingQueries(db).countPending();
    const outcome = apply ? 'are due now: the next sweep of a worker takes them up' : 'to make due at once';
    console.log(`${pending} PENDING bookings ${outcome}`);
    if (!apply) console.log('nothing was changed; --apply does it');
    if (repairs.some((repair) => repair.oversold)) process.exitCode = 1;
  } finally {
    await db.close();
  }
}
