import { type Factory, fromZero } from './registry.ts';

const GROUP_SIZES = [1, 2, 5, 10, 20, 50, 100, 200, 500];
const COMMIT_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

/** Of bookings, holds and check-ins, and of what their commits take. */
export function salesMetrics({ counter, histogram }: Factory) {
  return {
    bookingRequests: fromZero(
      counter(
        'boxoffice_booking_requests_total',
        'Requests to book, hold, confirm or extend, by what came of them; the code says why one was refused or failed',
        'operation',
        'outcome',
        'code',
      ),
      ...['book', 'hold', 'confirm', 'extend'].flatMap((operation) => [
        { operation, outcome: 'accepted', code: '' },
        { operation, outcome: 'failed', code: 'INTERNAL_SERVER_ERROR' },
      ]),
    ),
    groupSize: histogram('boxoffice_booking_group_size', 'Bookings committed in one transaction', GROUP_SIZES),
    commitSeconds: histogram(
      'boxoffice_commit_duration_seconds',
      'Time from the begin of a transaction until it is on the disk',
      COMMIT_SECONDS,
      'transaction',
    ),
    holdsExpired: counter('boxoffice_holds_expired_total', 'Bookings that were HELD until their time was over'),
    offers: counter('boxoffice_waiting_list_offers_total', 'Bookings that are HELD for somebody who waited'),
    checkIns: counter(
      'boxoffice_check_ins_total',
      'Scans at the door by what came of them; the code says why one was refused',
      'outcome',
      'code',
    ),
  };
}
