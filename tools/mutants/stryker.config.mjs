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
