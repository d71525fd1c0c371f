import type { SqlEntityManager } from '@mikro-orm/sql';
import { type RawBuilder, sql } from 'kysely';
import type { Database } from '../../platform/database.ts';
import type { WaitingListEntry } from './waiting-list-entry.entity.ts';

const WAITING = "status = 'WAITING'";
const waiting = sql.raw(WAITING);

/** Of one event, or of the row of a statement. */
type EventId = number | RawBuilder<unknown>;

/** Whether the free places of an event, a row of `events`, are for those who wait: one probe of an index, however many do. */
export function freePlacesArePromised(db: Database, eventId: EventId): RawBuilder<boolean | number> {
  return sql`(offers_owed or ${somebodyFits(db, eventId, sql`capacity - booked_count`)})`;
}

/** Whether somebody waits for at most so many places. */
export function somebodyFits(
  db: Database,
  eventId: EventId,
  places: RawBuilder<unknown>,
): RawBuilder<boolean | number> {
  return sql`coalesce(${leastWaiting(db, eventId)} <= ${places}, false)`;
}

/** The fewest places that somebody waits for, and more than `beyond`. */
function leastWaiting(db: Database, eventId: EventId, beyond = sql``): RawBuilder<number | null> {
  return sql`(select quantity from waiting_list ${db.through('waiting_list_next')}
    where event_id = ${eventId} and ${waiting} ${beyond} order by event_id, quantity, id limit 1)`;
}

export type Candidate = Pick<WaitingListEntry, 'id' | 'quantity' | 'userId'>;

/**
 * Those who wait for at most `places`, in their order: the first `limit` of each quantity, so that nobody is read who does not
 * fit. As no event lets a booking have more than 100 places, there are few quantities.
 */
export async function firstWhoFit(
  db: Database,
  tx: SqlEntityManager,
  eventId: number,
  { places, limit }: { readonly places: number; readonly limit: number },
): Promise<Candidate[]> {
  const walk = db.walk({
    table: 'waiting_list',
    index: 'waiting_list_next',
    equals: { event_id: eventId, quantity: sql.ref('wanted.places') },
    condition: WAITING,
    beyond: null,
    direction: 'asc',
    limit,
    columns: sql`id`,
  });
  const next = leastWaiting(db, eventId, sql`and quantity > wanted.places`);
  const candidates = await db.orderedByIndex(
    sql<Candidate>`
    with recursive wanted(places) as (
      select ${leastWaiting(db, eventId)} union all select ${next} from wanted where wanted.places <= ${places})
    select entries.id, entries.quantity, entries.user_id as "userId"
    from wanted cross join waiting_list entries
    where wanted.places <= ${places} and entries.id ${db.oneOfSelected(walk)}`,
    tx,
  );
  return candidates.toSorted((a, b) => a.id - b.id).slice(0, limit);
}

/** The ids of those who wait, the first ones first. @param after only higher ones */
export async function firstWaiting(db: Database, eventId: number, limit: number, after = 0): Promise<number[]> {
  const walk = walkOfWaiting(eventId, { beyond: after, direction: 'asc', limit });
  return (await db.orderedByIndex(db.walk(walk) as RawBuilder<{ id: number }>)).map(({ id }) => id);
}

/** How many wait before this one, as far as `limit`. */
export async function waitingBefore(db: Database, { eventId, id }: WaitingListEntry, limit: number): Promise<number> {
  const walk = walkOfWaiting(eventId, { beyond: id, direction: 'desc', limit });
  const [row] = await db.orderedByIndex(sql<{ ahead: number | string }>`
    select count(*) as ahead from (${db.walk(walk)}) as before`);
  return Number(row?.ahead);
}

function walkOfWaiting(
  eventId: number,
  along: Pick<Parameters<Database['walk']>[0], 'beyond' | 'direction' | 'limit'>,
) {
  const equals = { event_id: eventId };
  return {
    table: 'waiting_list',
    index: 'waiting_list_waiting',
    equals,
    condition: WAITING,
    columns: sql`id`,
    ...along,
  };
}

/** More are not counted. */
const MAX_COUNTED = 10_000;

/** How many entries wait for places of these events, each to 10,000. */
export async function waitingCounts(db: Database, eventIds: readonly number[]): Promise<Map<number, number>> {
  const source = db.jsonRows(
    eventIds.map((eventId) => ({ eventId })),
    { eventId: 'integer' },
  );
  const { rows } = await sql<{ eventId: number; waitingCount: number | string }>`
    select ${sql.ref('rows.eventId')}, (select count(*) from (
      select 1 from waiting_list ${db.through('waiting_list_waiting')}
      where event_id = ${sql.ref('rows.eventId')} and ${waiting} limit ${MAX_COUNTED}) as counted) as "waitingCount"
    from ${source}`.execute(db.em().getKysely());
  return new Map(rows.map(({ eventId, waitingCount }) => [eventId, Number(waitingCount)]));
}
