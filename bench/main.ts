import { chooseGenerator } from './load/wrk.ts';
import { describeMachine } from './machine.ts';
import { report } from './report.ts';
import { runScenarios } from './run-scenarios.ts';
import { readOptions } from './scenarios.ts';
import { Services } from './stage/services.ts';

// Measures the built project: --scenario= a comma-separated list, --rounds=, --seconds= of one measurement, --rows= of the largest table.

// On a disk: some systems keep /tmp in memory, where a commit costs nothing.
process.env['TMPDIR'] ??= '/var/tmp';
const print = (line: string) => process.stdout.write(`${line}\n`);
const services = new Services();
let exitCode = 2;
try {
  const { scenarios, rounds, seconds, rows } = readOptions(process.argv.slice(2));
  const { name, generate } = await chooseGenerator();
  const machine = await describeMachine(services, name);
  print(machine);
  const bench = { rounds, seconds, rows, services, generate, print };
  const { figures, failures } = await runScenarios(scenarios, bench);
  await report({ machine, rounds, seconds, rows, figures, failures }, print);
  exitCode = failures.length > 0 ? 1 : 0;
} catch (error) {
  print((error as Error).message);
} finally {
  await services.close();
}
process.exit(exitCode);
