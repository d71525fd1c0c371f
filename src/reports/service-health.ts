import { pendingBacklog } from '../finalization/pending-bookings.ts';
import type { Database } from '../platform/database.ts';
import type { LastError } from '../platform/last-error.ts';
import type { Metrics } from '../platform/metrics.ts';

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
  const { bookings, oldestSince } = await pendingBacklog(db);
  const [open] = (await metrics.subscriptions.get()).values;
  return {
    queueDepth: bookings,
    oldestPendingAt: oldestSince,
    subscriptionCount: open?.value ?? 0,
    lastError: lastError.last,
  };
}
