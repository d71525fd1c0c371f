import { type Factory, fromZero } from './registry.ts';

const FINALIZATION_SECONDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

/** Of what a worker does with bookings that are committed. */
export function workerMetrics({ counter, gauge, histogram }: Factory) {
  return {
    enqueueFailures: counter(
      'boxoffice_enqueue_failures_total',
      'Groups whose finalization jobs could not be enqueued and are left to the sweeper',
    ),
    bookingsSwept: counter('boxoffice_bookings_swept_total', 'Bookings that the sweeper took up from the database'),
    finalizationSeconds: histogram(
      'boxoffice_finalization_delay_seconds',
      'Time from the commit of a booking, or its confirmation, until it was FINALIZED, by the clocks of both processes',
      FINALIZATION_SECONDS,
    ),
    bookingsFailed: counter('boxoffice_bookings_failed_total', 'Bookings that are FAILED: no attempt was left'),
    finalizationFailures: fromZero(
      counter(
        'boxoffice_finalization_failures_total',
        'Tries to finalize a booking that failed, by whose fault: issuer uses up an attempt, database does not',
        'by',
      ),
      { by: 'issuer' },
      { by: 'database' },
    ),
    mails: counter(
      'boxoffice_mails_total',
      'Tries to send a mail by what came of them: sent, refused for good, later, away (no mail server), stopped',
      'result',
    ),
    mailsOwed: gauge('boxoffice_mails_owed', 'Mails that wait to be sent, as a worker counted them last, to 100,000'),
  };
}
