import { statSync } from 'node:fs';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** Figures for Prometheus, served at /metrics. One set per container, so that tests can run several. */
export function createMetrics() {
  const factory = createRegistry();
  const { registry, counter, gauge } = factory;
  return {
    registry,
    groupSize: new Histogram({
      name: 'boxoffice_booking_group_size',
      help: 'Bookings committed in one transaction',
      buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500],
      registers: [registry],
    }),
    groupsWithoutLock: counter(
      'boxoffice_groups_without_lock_total',
      'Groups that went on without the event lock',
      'reason',
    ),
    lockMasterUp: gauge(
      'boxoffice_lock_master_up',
      'Whether a Redis that votes on event locks answered when it was asked last',
      'master',
    ),
    enqueueFailures: counter(
      'boxoffice_enqueue_failures_total',
      'Groups whose finalization jobs could not be enqueued and are left to the sweeper',
    ),
    bookingsSwept: counter('boxoffice_bookings_swept_total', 'Bookings that the sweeper took up from the database'),
    holdsExpired: counter('boxoffice_holds_expired_total', 'Bookings that were HELD until their time was over'),
    finalizationFailures: counter(
      'boxoffice_finalization_failures_total',
      'Tries to finalize a booking that failed, by whose fault: issuer uses up an attempt, database does not',
      'by',
    ),
    ...mailMetrics(factory),
    connections: gauge('boxoffice_connections', 'TCP connections that are open, WebSockets among them'),
    connectionsRefused: counter(
      'boxoffice_connections_refused_total',
      'TCP connections closed at once, by the limit they were over',
      'limit',
    ),
    websockets: gauge('boxoffice_websockets', 'WebSockets that are open'),
    subscriptions: gauge('boxoffice_subscriptions', 'Subscriptions whose source is open or being opened'),
  };
}

function createRegistry() {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  return {
    registry,
    counter: (name: string, help: string, ...labelNames: string[]) =>
      new Counter({ name, help, labelNames, registers }),
    gauge: (name: string, help: string, ...labelNames: string[]) => new Gauge({ name, help, labelNames, registers }),
  };
}

function mailMetrics({ counter, gauge }: ReturnType<typeof createRegistry>) {
  return {
    mails: counter(
      'boxoffice_mails_total',
      'Tries to send a mail by what came of them: sent, refused for good, later, away (no mail server), stopped',
      'result',
    ),
    mailsOwed: gauge('boxoffice_mails_owed', 'Mails that wait to be sent, as a worker counted them last, to 100,000'),
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
