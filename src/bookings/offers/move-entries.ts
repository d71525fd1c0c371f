import type { SqlEntityManager } from '@mikro-orm/sql';
import { type RawBuilder, sql } from 'kysely';
import { type Database, toEntities } from '../../platform/database.ts';
import type { Booking } from '../booking.entity.ts';
import { type WaitingListEntry, WaitingListEntrySchema, type WaitingListStatus } from './waiting-list-entry.entity.ts';

/** @returns the entries that were WAITING and no longer are, in their order */
export function moveWaiting(
  db: Database,
  tx: SqlEntityManager,
  ids: readonly number[],
  to: Exclude<WaitingListStatus, 'WAITING' | 'CONVERTED'>,
  at: Date,
): Promise<WaitingListEntry[]> {
  return move(db, tx, ids, { from: 'WAITING', to: sql`${to}`, at });
}

const WHAT_BECAME_OF_IT = { PENDING: 'CONVERTED', EXPIRED: 'LAPSED', CANCELLED: 'LEFT' } as const;

/**
 * The entries of offers that are HELD no longer, in the transaction of these. An offer that is cancelled because its event is
 * has lapsed; otherwise its user has left.
 */
export async function settleOffers(
  db: Database,
  tx: SqlEntityManager,
  offers: readonly Booking[],
  to: keyof typeof WHAT_BECAME_OF_IT,
  at: Date,
): Promise<void> {
  const ids = offers.map(({ waitingListEntryId }) => waitingListEntryId as number);
  const eventIsCancelled = sql`exists (
    select 1 from events where events.id = waiting_list.event_id and events.status = 'CANCELLED')`;
  const became = sql`${WHAT_BECAME_OF_IT[to]}`;
  const status = to === 'CANCELLED' ? sql`case when ${eventIsCancelled} then 'LAPSED' else ${became} end` : became;
  await move(db, tx, ids, { from: 'OFFERED', to: status, at });
}

interface MoveOfEntries {
  readonly from: WaitingListStatus;
  readonly to: RawBuilder<unknown>;
  readonly at: Date;
}

async function move(db: Database, tx: SqlEntityManager, ids: readonly number[], { from, to, at }: MoveOfEntries) {
  if (ids.length === 0) return [];
  const offeredAt = from === 'WAITING' ? sql`case when ${to} = 'OFFERED' then ${db.fromNow(0)} end` : sql`offered_at`;
  const { rows } = await sql<object>`
    update waiting_list set status = ${to}, offered_at = ${offeredAt}, version = version + 1, updated_at = ${db.timestamp(at)}
    where id ${db.oneOf(ids)} and status || '' = ${from}
    returning *`.execute(tx.getKysely());
  return toEntities(tx, WaitingListEntrySchema, rows).toSorted((a, b) => a.id - b.id);
}
