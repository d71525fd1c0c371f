import type { Gauge } from 'prom-client';
import { countWaiting } from '../bookings/offers/count-waiting.ts';
import type { Container } from '../container.ts';
import { pendingBacklog } from '../finalization/pending-bookings.ts';
import { SharedReading } from '../platform/shared-reading.ts';

/** Several may read the figures of a process; a figure that is a second old is as good. */
const BOUNDS = { freshMs: 1_000, timeoutMs: 1_000 };

/**
 * What waits for workers, as the database and the queue say when somebody asks. Every process has these figures, and all
 * have the same ones, so that they are there when no worker is. One that cannot be read is left out.
 */
export function showBacklog(
  { metrics, db, services }: Pick<Container, 'metrics' | 'db' | 'services'>,
  bounds = BOUNDS,
): void {
  const { gaugeWhenRead } = metrics;
  const backlog = new SharedReading(() => pendingBacklog(db), bounds);
  const waiting = new SharedReading(() => countWaiting(db), bounds);
  const depth = new SharedReading(() => services.queue.depth(), bounds);
  gaugeWhenRead('boxoffice_pending_bookings', 'Bookings that are PENDING, counted to 10,000', async (gauge) =>
    setOrLeaveOut(gauge, (await backlog.get())?.bookings),
  );
  gaugeWhenRead(
    'boxoffice_pending_bookings_oldest_age_seconds',
    'How long the oldest PENDING booking has been so; 0 when there is none',
    async (gauge) => {
      const { oldestAgeMs } = (await backlog.get()) ?? {};
      setOrLeaveOut(gauge, oldestAgeMs === undefined ? undefined : oldestAgeMs / 1_000);
    },
  );
  gaugeWhenRead('boxoffice_waiting_list_entries', 'Entries that wait for places, counted to 10,000', async (gauge) =>
    setOrLeaveOut(gauge, (await waiting.get()) ?? undefined),
  );
  gaugeWhenRead(
    'boxoffice_queue_messages',
    'Messages in the finalization queue, each with up to 50 bookings (without Redis: one)',
    async (gauge) => {
      gauge.reset();
      for (const [state, messages] of Object.entries((await depth.get()) ?? {})) gauge.set({ state }, messages);
    },
    'state',
  );
}

function setOrLeaveOut(gauge: Gauge, value: number | undefined): void {
  if (value === undefined) gauge.remove();
  else gauge.set(value);
}
