import { type RawBuilder, sql } from 'kysely';
import type { Database } from '../platform/database.ts';
import { type WaitedFor, waitedForEvents } from '../waiting-list/waited-for-events.ts';
import type { Findings } from './findings.ts';

const OFFERED_WHAT_IS_FREE = 'whoever waits for places that are free is offered them within two hours';
const ENDS_WITH_ITS_EVENT = 'nobody waits for places of a cancelled event for more than two hours';
/** A worker looks twice a second; an hour more or less is what a clock may have been wrong by. */
const MAX_WAIT_MS = 2 * 3_600_000;

const EVENTS_PER_READ = 500;

/** What is owed to those who wait, by the event; as long as offers go on, nobody's is overdue. */
export async function checkWaitedForEvents(db: Database, findings: Findings): Promise<void> {
  const longAgo = db.fromNow(-MAX_WAIT_MS);
  const openForLong = sql`(sales_open_at is null or sales_open_at < ${longAgo})`;
  const ofEvent = (condition: RawBuilder<unknown>) =>
    sql`exists (select 1 from waiting_list where event_id = events.id and ${condition})`;
  const hasWaited = ofEvent(
    sql`status = 'WAITING' and quantity <= events.capacity - events.booked_count and created_at < ${longAgo}`,
  );
  const overdue = sql`${openForLong} and ${hasWaited} and not ${ofEvent(sql`offered_at >= ${longAgo}`)}`;
  const those = async (events: readonly WaitedFor[], condition: RawBuilder<unknown>) => {
    if (events.length === 0) return [];
    const { rows } = await sql<{ id: number }>`
      select id from events where id ${db.oneOf(events.map(({ id }) => id))} and ${condition} order by id`.execute(
      db.em().getKysely(),
    );
    return rows.map(({ id }) => id);
  };
  for (let after = 0; ; ) {
    const events = await waitedForEvents(db, new Date(), { after, limit: EVENTS_PER_READ });
    const [offering, cancelled] = [
      events.filter(({ hasOffers }) => hasOffers),
      events.filter((event) => event.cancelled),
    ];
    findings.note(OFFERED_WHAT_IS_FREE, 'event', await those(offering, overdue));
    findings.note(ENDS_WITH_ITS_EVENT, 'event', await those(cancelled, sql`cancelled_at < ${longAgo}`));
    const last = events[EVENTS_PER_READ - 1];
    if (!last) return;
    after = last.id;
  }
}
