import { raw } from '@mikro-orm/core';
import type { SqlEntityManager } from '@mikro-orm/sql';
import { type Event, EventSchema } from '../events/event.entity.ts';
import type { Database } from '../platform/database.ts';

interface Counters {
  readonly booked: number;
  readonly finalized: number;
}

/** An event whose counters differ from the sums of its bookings. */
export interface CounterRepair {
  readonly eventId: number;
  readonly from: Counters;
  readonly to: Counters;
  /** More places are booked than there are: no counter can make that right. */
  readonly oversold: boolean;
}

const DIFFERING = `select e.id from events e left join bookings b on b.event_id = e.id
  group by e.id, e.booked_count, e.finalized_count
  having e.booked_count <> coalesce(sum(case when b.status in ('PENDING', 'FINALIZED') then b.quantity end), 0)
      or e.finalized_count <> coalesce(sum(case when b.status = 'FINALIZED' then b.quantity end), 0)`;

/** Finds the events whose counters are wrong, and with `apply` sets them to the sums of their bookings. */
export async function reconcileCounters(db: Database, apply: boolean): Promise<CounterRepair[]> {
  const rows = await db.em().execute<{ id: number }[]>(DIFFERING);
  const repairs: CounterRepair[] = [];
  for (const { id } of rows) {
    const repair = apply
      ? await db.transaction('reconcile', async (tx) => {
          // Behind the row lock: a booking that is under way adds its places after us.
          const found = compare(await lockEvent(tx, id), await sumBookings(tx, id));
          const { booked: bookedCount, finalized: finalizedCount } = found.to;
          if (!found.oversold) await tx.nativeUpdate(EventSchema, { id }, { bookedCount, finalizedCount });
          return found;
        })
      : await db.snapshot(async (tx) =>
          compare(await tx.findOneOrFail(EventSchema, { id }), await sumBookings(tx, id)),
        );
    repairs.push(repair);
  }
  return repairs;
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
  const [sums] = await tx.execute<{ booked: string | null; finalized: string | null }[]>(
    `select sum(quantity) as booked, sum(case when status = 'FINALIZED' then quantity else 0 end) as finalized
     from bookings where event_id = ? and status in ('PENDING', 'FINALIZED')`,
    [id],
  );
  return { booked: Number(sums?.booked ?? 0), finalized: Number(sums?.finalized ?? 0) };
}

function compare(event: Event, to: Counters): CounterRepair {
  const from = { booked: event.bookedCount, finalized: event.finalizedCount };
  return { eventId: event.id, from, to, oversold: to.booked > event.capacity };
}
