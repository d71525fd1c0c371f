import { sql } from 'kysely';
import { freePlacesArePromised } from '../bookings/offers/first-waiting.ts';
import { isOnSale } from '../events/on-sale.ts';
import type { Database } from '../platform/database.ts';

/** Ids of events on sale that had more to offer than one transaction may, in their order. */
export async function eventsWithOffersOwed(db: Database, at: Date, limit: number): Promise<number[]> {
  const rows = await db.orderedByIndex(sql<{ id: number }>`
    select id from events ${db.through('events_offers_owed')}
    where offers_owed and ${isOnSale(db, at)} order by id limit ${limit}`);
  return rows.map(({ id }) => id);
}

/** An event that somebody waits for. */
export interface WaitedFor {
  readonly id: number;
  /** Whether it is on sale, and places are free that somebody waits for. */
  readonly hasOffers: boolean;
  readonly cancelled: boolean;
}

/** Events that somebody waits for, in the order of their ids, beyond `after`. Reads one entry of each, however many wait. */
export async function waitedForEvents(
  db: Database,
  at: Date,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<WaitedFor[]> {
  const next = (beyond: unknown) => sql`(select event_id from waiting_list ${db.through('waiting_list_waiting')}
    where status = 'WAITING' and event_id > ${beyond} order by event_id, id limit 1)`;
  const rows = await db.orderedByIndex(sql<{ id: number; hasOffers: boolean | number; cancelled: boolean | number }>`
    with recursive waited(event, place) as (
      select ${next(after)}, 1
      union all select ${next(sql.ref('waited.event'))}, place + 1 from waited where event is not null and place < ${limit})
    select events.id, ${isOnSale(db, at)} and ${freePlacesArePromised(db, sql.ref('events.id'))} as "hasOffers",
      events.status = 'CANCELLED' as cancelled
    from waited cross join events where events.id = waited.event`);
  return rows
    .map(({ id, hasOffers, cancelled }) => ({ id, hasOffers: Boolean(hasOffers), cancelled: Boolean(cancelled) }))
    .toSorted((a, b) => a.id - b.id);
}
