import { defineConfig, mergeConfig } from 'vitest/config';
import { BaseSequencer } from 'vitest/node';
import ours from '../../vitest.config.ts';

const files = process.env.MUTANTS_TESTS.split(',').map((name) => `test/${name}.test.ts`);

class AsListed extends BaseSequencer {
  sort(specifications) {
    const rank = ({ moduleId }) => files.findIndex((file) => moduleId.endsWith(`/${file}`));
    return specifications.toSorted((a, b) => rank(a) - rank(b));
  }
}

const config = mergeConfig(
  ours,
  defineConfig({
    test: {
      runner: 'tools/mutants/runner.mjs',
      // Many mutants wait for ever. A test that fails of it costs less than a process that Stryker ends.
      testTimeout: 5_000,
      // The one of Stryker first: what another one imports would be loaded without the mutant.
      sequence: { setupFiles: 'list', sequencer: AsListed },
    },
  }),
);
config.test.include = files;
export default config;
