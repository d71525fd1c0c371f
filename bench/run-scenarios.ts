import type { Bench, Scenario } from './bench.ts';
import type { Figure } from './figure.ts';

export interface Failure {
  readonly scenario: string;
  readonly error: string;
}

/** One after the other, the unhurried ones when one of the others has time for them. A scenario that fails has no figures. */
export async function runScenarios(
  scenarios: readonly Scenario[],
  stage: Omit<Bench, 'meanwhile'>,
): Promise<{ figures: Figure[]; failures: Failure[] }> {
  const figures: Figure[] = [];
  const failures: Failure[] = [];
  const unhurried = scenarios.filter((scenario) => scenario.unhurried);
  const meanwhile = async () => {
    for (const scenario of unhurried.splice(0)) await runOne(scenario);
  };
  const bench = { ...stage, meanwhile };

  async function runOne({ name, run }: Scenario): Promise<void> {
    const since = performance.now();
    bench.print(name);
    try {
      figures.push(...(await run(bench)));
      bench.print(`  ${name}: verified, ${((performance.now() - since) / 1_000).toFixed(0)} s`);
    } catch (error) {
      failures.push({ scenario: name, error: (error as Error).message });
      bench.print(`  ${name}: FAILED: ${(error as Error).stack}`);
    }
  }

  for (const scenario of scenarios.filter((one) => !one.unhurried)) await runOne(scenario);
  await meanwhile();
  return { figures, failures };
}
