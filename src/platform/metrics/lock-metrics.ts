import type { Factory } from './registry.ts';

const LOCK_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5];

/** Of event locks, where there is a Redis. */
export function lockMetrics({ counter, gauge, histogram }: Factory) {
  return {
    lockWaitSeconds: histogram(
      'boxoffice_lock_wait_seconds',
      'Time until the event lock was had, of groups that had it',
      LOCK_SECONDS,
    ),
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
    locksLost: counter(
      'boxoffice_locks_lost_total',
      'Event locks that could not be given back: their lease was over, or Redis did not answer',
    ),
  };
}
