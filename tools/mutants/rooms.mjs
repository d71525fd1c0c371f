/**
 * What is mutated, and the tests that must notice. Only those that touch these files and need no service: a mutant in what a
 * file does when it is loaded is tried with all tests of its room. The first that fails ends it, so the quick ones come first.
 */
export const ROOMS = [
  {
    name: 'auth',
    tests: ['unit/permissions', 'unit/token-verifier'],
    files: ['src/auth/permissions.ts', 'src/auth/token-verifier.ts'],
  },
  {
    name: 'decisions',
    tests: ['unit/pagination', 'unit/booking-status', 'unit/refusals', 'unit/admission'],
    files: [
      'src/pagination.ts',
      'src/bookings/booking-status.ts',
      'src/bookings/refusals.ts',
      'src/bookings/admission.ts',
    ],
  },
  {
    name: 'door',
    tests: ['unit/judge-scans', 'integration/check-in', 'integration/check-in-batch'],
    files: ['src/door/judge-scans.ts', 'src/door/check-in.ts', 'src/door/check-in-batch.ts'],
  },
  { name: 'group-commit', tests: ['unit/group-commit'], files: ['src/platform/group-commit.ts'] },
  {
    name: 'graphql',
    tests: ['unit/query-limits', 'unit/query-complexity'],
    files: ['src/http/graphql/query-limits.ts', 'src/http/graphql/query-complexity.ts'],
  },
  {
    name: 'rows',
    tests: [
      'integration/the-row-refuses',
      'integration/limits-and-windows',
      'integration/status-table',
      'integration/idempotency',
    ],
    files: ['src/bookings/group-store.ts', 'src/bookings/held-already.ts', 'src/bookings/transition.ts'],
  },
  {
    name: 'waiting-list',
    tests: ['integration/waiting-list', 'integration/waiting-list-races', 'integration/status-table'],
    files: [
      'src/bookings/offers/offer-places.ts',
      'src/bookings/offers/first-waiting.ts',
      'src/bookings/offers/move-entries.ts',
      'src/waiting-list/join-group.ts',
    ],
  },
  {
    name: 'audit',
    tests: ['unit/findings', 'integration/verify-finds-broken-rows', 'integration/verify-while-selling'],
    files: [
      'src/audit/findings.ts',
      'src/audit/check-bookings.ts',
      'src/audit/check-counters.ts',
      'src/audit/verify.ts',
    ],
  },
  {
    name: 'audit of waiting lists',
    tests: ['integration/verify-finds-broken-waiting-lists', 'integration/settle-ended-offers'],
    files: [
      'src/audit/check-waiting-list.ts',
      'src/audit/waiting-order.ts',
      'src/audit/check-waited-for-events.ts',
      'src/audit/settle-ended-offers.ts',
    ],
  },
];
