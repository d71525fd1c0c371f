import { sql } from 'kysely';
import { type Booking, BookingSchema } from '../bookings/booking.entity.ts';
import { settleOffers } from '../bookings/offers/move-entries.ts';
import { type Database, selectEntities } from '../platform/database.ts';

/** So few that nobody waits long for their rows. */
const SETTLED_AT_ONCE = 500;

/**
 * Finds entries of waiting lists that are OFFERED although their offer is HELD no longer, as a process leaves them that is too old to
 * know waiting lists, and with `apply` moves them to where their bookings are. @returns how many they are
 */
export async function settleEndedOffers(db: Database, apply: boolean, at: Date): Promise<number> {
  for (let found = 0, after = 0; ; ) {
    const offers = await endedOffers(db, after);
    if (apply) {
      await db.transaction('settle', async (tx) => {
        for (const to of ['PENDING', 'EXPIRED', 'CANCELLED'] as const) {
          const those = offers.filter((offer) => endOf(offer) === to);
          await settleOffers(db, tx, those, to, at);
        }
      });
    }
    found += offers.length;
    const last = offers[SETTLED_AT_ONCE - 1];
    if (!last) return found;
    after = last.waitingListEntryId as number;
  }
}

function endedOffers(db: Database, after: number): Promise<Booking[]> {
  return selectEntities(
    db.em(),
    BookingSchema,
    sql`select bookings.* from waiting_list join bookings on waiting_list_entry_id = waiting_list.id
      where waiting_list.id > ${after} and waiting_list.status = 'OFFERED' and bookings.status <> 'HELD'
      order by waiting_list.id limit ${SETTLED_AT_ONCE}`,
  );
}

/** As what a hold ended that was confirmed, whatever became of it since, is over, or was given back. */
function endOf({ status, confirmedAt }: Booking): 'PENDING' | 'EXPIRED' | 'CANCELLED' {
  if (confirmedAt) return 'PENDING';
  return status === 'EXPIRED' ? 'EXPIRED' : 'CANCELLED';
}
