import { raw } from '@mikro-orm/core';
import type { SqlEntityManager } from '@mikro-orm/sql';
import { type Event, EventSchema } from '../events/event.entity.ts';
import type { Database } from '../platform/database.ts';

interface Counters {
  readonly booked: number;
  readonly held: number;
  readonly finalized: number;
  /** Tickets, also of bookings that were cancelled after they were used. */
  readonly redeemed: number;
}

/** An event whose counters differ from the sums of its bookings, and of their tickets. */
export interface CounterRepair {
  readonly eventId: number;
  readonly from: Counters;
  readonly to: Counters;
  /** More places are booked than there are: no counter can make that right. */
  readonly oversold: boolean;
}

const EVENTS_PER_LOOK = 1_000;

const NEXT_EVENTS = `select max(id) as last from (select id from events where id > ? order by id limit ${EVENTS_PER_LOOK}) as next`;

/** Within a window of ids. */
const DIFFERING = `select e.id from events e
  left join (select event_id, sum(case when status in ('HELD', 'PENDING', 'FINALIZED') then quantity end) as booked,
      sum(case when status = 'HELD' then quantity end) as held,
      sum(case when status = 'FINALIZED' then quantity end) as finalized
    from bookings where event_id > ? and event_id <= ? group by event_id) b on b.event_id = e.id
  left join (select o.event_id, count(*) as redeemed from tickets t join bookings o on o.id = t.booking_id
    where o.event_id > ? and o.event_id <= ? and t.redeemed_at is not null group by o.event_id) r on r.event_id = e.id
  where e.id > ? and e.id <= ? and (e.booked_count <> coalesce(b.booked, 0)
    or e.finalized_count <> coalesce(b.finalized, 0) or e.held_count <> coalesce(b.held, 0)
    or e.redeemed_count <> coalesce(r.redeemed, 0)) order by e.id`;

/**
 * Finds the events whose counters are wrong, and with `apply` sets them to the sums of their bookings.
 * @param onProgress called between two looks, with the highest id of the events that were looked at
 */
export async function reconcileCounters(
  db: Database,
  apply: boolean,
  onProgress: (upToId: number) => void = () => undefined,
): Promise<CounterRepair[]> {
  const repairs: CounterRepair[] = [];
  for (let after = 0; ; ) {
    const [next] = await db.em().execute<{ last: number | null }[]>(NEXT_EVENTS, [after]);
    const last = next?.last ?? null;
    if (last === null) return repairs;
    const window = [after, last];
    const rows = await db.em().execute<{ id: number }[]>(DIFFERING, [...window, ...window, ...window]);
    for (const { id } of rows) repairs.push(apply ? await repair(db, id) : await compareNow(db, id));
    onProgress(last);
    after = last;
  }
}

function repair(db: Database, id: number): Promise<CounterRepair> {
  return db.transaction('reconcile', async (tx) => {
    // Behind the row lock: a booking, or a check-in, that is under way adds its own after us.
    const found = compare(await lockEvent(tx, id), await sumBookings(tx, id));
    const { booked: bookedCount, held: heldCount, finalized: finalizedCount, redeemed: redeemedCount } = found.to;
    const counters = { bookedCount, heldCount, finalizedCount, redeemedCount };
    if (!found.oversold) await tx.nativeUpdate(EventSchema, { id }, counters);
    return found;
  });
}

function compareNow(db: Database, id: number): Promise<CounterRepair> {
  return db.snapshot(async (tx) => compare(await tx.findOneOrFail(EventSchema, { id }), await sumBookings(tx, id)));
}

async function lockEvent(tx: SqlEntityManager, id: number): Promise<Event> {
  const [event] = await tx
    .qb(EventSchema)
    .update({ version: raw('version + 1') })
    .where({ id })
    .returning('*')
    .execute<Event[]>('all');
  return event as Event;
}

async function sumBookings(tx: SqlEntityManager, id: number): Promise<Counters> {
  const [sums] = await tx.execute<Record<keyof Counters, string | null>[]>(
    `select sum(quantity) as booked, sum(case when status = 'HELD' then quantity else 0 end) as held, sum(case when status = 'FINALIZED' then quantity else 0 end) as finalized,
       (select count(*) from tickets t join bookings o on o.id = t.booking_id
         where o.event_id = ? and t.redeemed_at is not null) as redeemed
     from bookings where event_id = ? and status in ('HELD', 'PENDING', 'FINALIZED')`,
    [id, id],
  );
  return {
    booked: Number(sums?.booked ?? 0),
    held: Number(sums?.held ?? 0),
    finalized: Number(sums?.finalized ?? 0),
    redeemed: Number(sums?.redeemed ?? 0),
  };
}

function compare(event: Event, to: Counters): CounterRepair {
  const { bookedCount: booked, heldCount: held, finalizedCount: finalized, redeemedCount: redeemed } = event;
  const from = { booked, held, finalized, redeemed };
  return { eventId: event.id, from, to, oversold: to.booked > event.capacity };
}
