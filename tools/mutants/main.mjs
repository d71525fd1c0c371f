import { Stryker } from '@stryker-mutator/core';
import { ROOMS } from './rooms.mjs';

const NOTICED = ['Killed', 'Timeout'];
const wanted = process.argv.slice(2);
const startedAt = performance.now();
const mutants = [];

for (const { name, tests, files } of ROOMS) {
  const mutate = wanted.length === 0 ? files : files.filter((file) => wanted.includes(file));
  if (mutate.length === 0) continue;
  // vitest.config.mjs reads it in the processes that Stryker starts.
  process.env.MUTANTS_TESTS = tests.join(',');
  const stryker = new Stryker({
    configFile: 'tools/mutants/stryker.config.mjs',
    mutate,
    htmlReporter: { fileName: `tools/mutants/report/${name}.html` },
  });
  mutants.push(...(await stryker.runMutationTest()));
}
if (mutants.length === 0) throw new Error(`tools/mutants/rooms.mjs has no ${wanted.join(', ')}`);

const counted = (some) => {
  const noticed = some.filter(({ status }) => NOTICED.includes(status)).length;
  const timedOut = some.filter(({ status }) => status === 'Timeout').length;
  return {
    mutants: some.length,
    noticed,
    'of these timed out': timedOut,
    '%': Math.round((1_000 * noticed) / some.length) / 10,
  };
};
const byFile = Object.entries(Object.groupBy(mutants, ({ fileName }) => fileName.replace(/^.*?(?=src\/)/, '')));
console.table(Object.fromEntries([...byFile, ['all', mutants]].map(([file, some]) => [file, counted(some)])));
console.log(`${Math.round((performance.now() - startedAt) / 6_000) / 10} minutes`);
