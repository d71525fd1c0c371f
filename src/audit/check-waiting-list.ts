import { setTimeout as pause } from 'node:timers/promises';
import type { Database } from '../platform/database.ts';
import type { Findings } from './findings.ts';
import { type SeenEntry, WaitingOrder } from './waiting-order.ts';

const AGREE = 'an entry of a waiting list and the booking that was offered to it agree';
const NOBODY_OVERTAKES = 'nobody overtakes on a waiting list among those whose quantity fits';

const IDS_PER_WINDOW = 20_000;
/** Whoever commits while nobody reads can begin SQLite's log anew. */
const REST_MS = 2;

const WITHOUT_OFFER = `w.offered_at is null and (w.status = 'WAITING' and w.version = 1
  or w.status in ('LAPSED', 'LEFT') and w.version = 2)`;
const EVENT_IS_CANCELLED = "exists (select 1 from events e where e.id = w.event_id and e.status = 'CANCELLED')";
/** Who was erased is another nobody in each row. */
const SAME_USER = "(b.user_id = w.user_id or b.user_id like 'erased-%' or w.user_id like 'erased-%')";
const WITH_OFFER = `w.offered_at is not null and b.expires_at is not null
  and b.event_id = w.event_id and b.quantity = w.quantity and ${SAME_USER}
  and case w.status
    when 'OFFERED' then w.version = 2 and b.status = 'HELD'
    when 'CONVERTED' then w.version = 3 and b.confirmed_at is not null
    when 'LAPSED' then w.version = 3 and b.confirmed_at is null
      and (b.status = 'EXPIRED' or b.status = 'CANCELLED' and ${EVENT_IS_CANCELLED})
    when 'LEFT' then w.version = 3 and b.confirmed_at is null and b.status = 'CANCELLED'
    else false end`;
/** The bookings have their bounds too: without them PostgreSQL may walk through all that come before. */
const OFFERS =
  'left join bookings b on b.waiting_list_entry_id = w.id and b.waiting_list_entry_id > ? and b.waiting_list_entry_id <= ?';
const ENTRIES = `select * from (
    select w.id, w.event_id as "eventId", w.quantity, w.status, w.created_at as "createdAt", w.offered_at as "offeredAt",
      b.id as "offerId", case when b.id is null then ${WITHOUT_OFFER} else ${WITH_OFFER} end as sound
    from waiting_list w ${OFFERS} where w.id > ? and w.id <= ?) as entries
  where not sound or status = 'WAITING' or "offerId" is not null order by id`;

interface Row extends SeenEntry {
  readonly sound: boolean | number;
}

/**
 * Looks at every entry of the waiting lists, a window of ids at a time. What is held for each event meanwhile is a few numbers
 * for each quantity that somebody wants.
 */
export async function checkEntries(db: Database, findings: Findings): Promise<void> {
  const order = new WaitingOrder(db);
  const lastId = (await oneId(db, 'select max(id) as id from waiting_list')) ?? 0;
  for (let upToId = 0; ; ) {
    const first = await oneId(db, 'select min(id) as id from waiting_list where id > ? and id <= ?', [upToId, lastId]);
    if (first === null) return;
    const window = [first - 1, Math.min(first - 1 + IDS_PER_WINDOW, lastId)];
    const entries = await db.em().execute<Row[]>(ENTRIES, [...window, ...window]);
    const unsound = entries.filter(({ sound }) => !sound);
    findings.note(
      AGREE,
      'entry',
      unsound.map(({ id }) => id),
    );
    for (const entry of entries) {
      if (await order.overtakes(entry)) findings.note(NOBODY_OVERTAKES, 'entry', [entry.id]);
    }
    upToId = window[1] as number;
    await pause(REST_MS);
  }
}

async function oneId(db: Database, query: string, params: readonly number[] = []): Promise<number | null> {
  const [row] = await db.em().execute<{ id: number | null }[]>(query, [...params]);
  return row?.id ?? null;
}
