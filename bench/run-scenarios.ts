import type { Bench, Scenario } from './bench.ts';
import type { Figure } from './figure.ts';

export interface Failure {
  readonly scenario: string;
  readonly error: string;
}

/** One after the other. A scenario that fails has no figures, and the next one is run all the same. */
export async function runScenarios(
  scenarios: readonly Scenario[],
  bench: Bench,
): Promise<{ figures: Figure[]; failures: Failure[] }> {
  const figures: Figure[] = [];
  const failures: Failure[] = [];
  for (const { name, run } of scenarios) {
    const since = performance.now();
    bench.print(`${name}`);
    try {
      figures.push(...(await run(bench)));
      bench.print(`  verified, ${((performance.now() - since) / 1_000).toFixed(0)} s`);
    } catch (error) {
      failures.push({ scenario: name, error: (error as Error).message });
      bench.print(`  FAILED: ${(error as Error).stack}`);
    }
  }
  return { figures, failures };
}
