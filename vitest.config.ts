import { defineConfig } from 'vitest/config';

export default defineConfig({
  // The file that Node takes, as the libraries do: else graphql would be there twice.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: 'test/support/global-setup.ts',
    setupFiles: 'test/support/ends-what-it-started.ts',
    pool: 'forks',
    // Loading the box office takes longer than most files of tests, so each worker loads it once.
    isolate: false,
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    sequence: { hooks: 'list' },
  },
});
