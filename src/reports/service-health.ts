import { sql } from 'kysely';
import { pendingSince } from '../finalization/pending-bookings.ts';
import type { Database } from '../platform/database.ts';
import type { IndexWalk } from '../platform/index-walk.ts';
import type { LastError } from '../platform/last-error.ts';
import type { Metrics } from '../platform/metrics.ts';

/** Counted no further than this. */
const MAX_PENDING_COUNTED = 10_000;
/** A hold that was just confirmed has an old id, so the first by id is not always the oldest. */
const OLDEST_LOOKED_AT = 100;

/** How the box office is doing, as an organizer sees it. */
export interface ServiceHealth {
  /** Bookings that are PENDING: the row is what a worker finds them by. */
  readonly queueDepth: number;
  readonly oldestPendingAt: Date | null;
  readonly subscriptionCount: number;
  readonly lastError: LastError['last'];
}

export interface ServiceHealthParts {
  readonly db: Database;
  readonly metrics: Pick<Metrics, 'subscriptions'>;
  readonly lastError: Pick<LastError, 'last'>;
}

export async function serviceHealth({ db, metrics, lastError }: ServiceHealthParts): Promise<ServiceHealth> {
  const [pending] = await db.orderedByIndex(sql<{ depth: number | string; oldest: Date | string | number | null }>`
    select (select count(*) from (${db.walk(pendingWalk(MAX_PENDING_COUNTED, sql`id`))}) as counted) as depth,
      (select min(since) from (${db.walk(pendingWalk(OLDEST_LOOKED_AT, sql`${pendingSince} as since`))}) as looked_at) as oldest`);
  const [open] = (await metrics.subscriptions.get()).values;
  return {
    queueDepth: Number(pending?.depth ?? 0),
    oldestPendingAt: pending?.oldest == null ? null : new Date(pending.oldest),
    subscriptionCount: open?.value ?? 0,
    lastError: lastError.last,
  };
}

function pendingWalk(limit: number, columns: IndexWalk['columns']): IndexWalk {
  return {
    table: 'bookings',
    index: 'bookings_status_page',
    equals: { status: 'PENDING' },
    direction: 'asc',
    beyond: null,
    limit,
    columns,
  };
}
