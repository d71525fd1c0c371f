/*
What survives, and why it is harmless.

Wording: what refusals and errors say beside their codes (admission, refusals, permissions, token-verifier, group-store, check-in,
check-in-batch), and the name that group-store gives its transaction in the metrics.

Code for PostgreSQL or for the compiler, of which SQLite or a test sees nothing:
- group-store, held-already: the types of the columns of a list of rows; SQLite has no need of them. `make test` has PostgreSQL.
- token-verifier: which of the two overloads of jwtVerify is called. It is the same function.
- query-limits, check-bookings, check-counters, admission: a `?.`, a `!now` or an `undefined` for what may be missing by its type.

Another way to the same answer:
- permissions: 'none' as any other word. It is neither 'all' nor 'own', so it permits nothing.
- token-verifier: `requiredClaims`. The schema of the claims refuses a token without them once more.
- admission: a request without a key is looked up under null, where nothing is put; or put there, where nobody looks.
- pagination: an unreadable cursor as any other unreadable text.
- booking-status, query-limits, query-complexity, token-verifier: something in an empty list that is no status, name or role.
- query-complexity: a field counts as one by default already; no name is as good as a name that is undefined.
- judge-scans: 'checked-in' as any other word that is not 'refused'.
- check-in-batch: after how many signatures the process answers others.
- group-commit: a pause of 0 ms is none. A member that was answered cannot fail any more.

A short cut that only saves a statement:
- group-store, held-already: nothing to read, because no key was given, no row is missing or the limit is far away.
- held-already: the filter of requests without a key. In SQL null equals nothing.
- check-bookings, check-counters: sums or versions that are wrong make verify look at an event once more, with all its bookings in
  one statement, and only that one decides.
*/

/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
export default {
  plugins: ['@stryker-mutator/vitest-runner'],
  testRunner: 'vitest',
  // The tests of a room are chosen in rooms.mjs.
  vitest: { configFile: 'tools/mutants/vitest.config.mjs', related: false },
  coverageAnalysis: 'perTest',
  // Stryker reads tsconfig.json through an API that TypeScript 7 no longer has; Vite needs no such help.
  tsconfigFile: 'none.json',
  concurrency: 2,
  timeoutMS: 5_000,
  timeoutFactor: 1.5,
  thresholds: { high: 95, low: 90, break: 85 },
  reporters: ['progress-append-only', 'clear-text', 'html'],
  clearTextReporter: { reportTests: false, reportScoreTable: false },
  tempDirName: 'tools/mutants/.stryker-tmp',
  ignorePatterns: ['dist', 'bench', 'docs', 'data', 'coverage', 'tools/mutants/report'],
  warnings: { slow: false },
};
