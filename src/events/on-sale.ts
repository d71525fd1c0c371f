import { type RawBuilder, sql } from 'kysely';
import type { Database } from '../platform/database.ts';

/** Whether places of a row of `events` are sold at that time: what `whyNotOnSale` says of an event. */
export function isOnSale(db: Database, now: Date): RawBuilder<boolean> {
  const at = db.timestamp(now);
  return sql`(events.status = 'ON_SALE' and (sales_open_at is null or sales_open_at <= ${at})
    and (sales_close_at is null or sales_close_at > ${at}))`;
}
