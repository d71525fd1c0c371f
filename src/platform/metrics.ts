import { statSync } from 'node:fs';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** Figures for Prometheus, served at /metrics. One set per container, so that tests can run several. */
export function createMetrics() {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  return {
    registry,
    groupSize: new Histogram({
      name: 'boxoffice_booking_group_size',
      help: 'Bookings committed in one transaction',
      buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500],
      registers,
    }),
    groupsWithoutLock: new Counter({
      name: 'boxoffice_groups_without_lock_total',
      help: 'Groups that went on without the event lock',
      labelNames: ['reason'],
      registers,
    }),
    lockMasterUp: new Gauge({
      name: 'boxoffice_lock_master_up',
      help: 'Whether a Redis that votes on event locks answered when it was asked last',
      labelNames: ['master'],
      registers,
    }),
    enqueueFailures: new Counter({
      name: 'boxoffice_enqueue_failures_total',
      help: 'Groups whose finalization jobs could not be enqueued and are left to the sweeper',
      registers,
    }),
    bookingsSwept: new Counter({
      name: 'boxoffice_bookings_swept_total',
      help: 'Bookings that the sweeper took up from the database',
      registers,
    }),
    finalizationFailures: new Counter({
      name: 'boxoffice_finalization_failures_total',
      help: 'Tries to finalize a booking that failed, by whose fault: issuer uses up an attempt, database does not',
      labelNames: ['by'],
      registers,
    }),
    connections: new Gauge({
      name: 'boxoffice_connections',
      help: 'TCP connections that are open, WebSockets among them',
      registers,
    }),
    connectionsRefused: new Counter({
      name: 'boxoffice_connections_refused_total',
      help: 'TCP connections closed at once, by the limit they were over',
      labelNames: ['limit'],
      registers,
    }),
    websockets: new Gauge({
      name: 'boxoffice_websockets',
      help: 'WebSockets that are open',
      registers,
    }),
    subscriptions: new Gauge({
      name: 'boxoffice_subscriptions',
      help: 'Subscriptions whose source is open or being opened',
      registers,
    }),
  };
}

export type Metrics = ReturnType<typeof createMetrics>;

/** Grows without end while a long read holds it back. */
export function showSizeOfLog({ registry }: Metrics, databaseFile: string): void {
  new Gauge({
    name: 'boxoffice_sqlite_wal_bytes',
    help: "Size of SQLite's write-ahead log",
    registers: [registry],
    collect() {
      this.set(statSync(`${databaseFile}-wal`, { throwIfNoEntry: false })?.size ?? 0);
    },
  });
}
