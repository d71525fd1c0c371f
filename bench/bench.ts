import type { Figure } from './figure.ts';
import type { Generator } from './load/load.ts';
import { type Comparison, type Contestant, compared, inTurn } from './side-by-side.ts';
import type { Services } from './stage/services.ts';

/** What every scenario gets. */
export interface Bench {
  readonly rounds: number;
  /** Of one measurement that a mark is about; others take a share of it. */
  readonly seconds: number;
  /** Bookings in the largest table, where that is looked at. */
  readonly rows: number;
  readonly services: Services;
  readonly generate: Generator;
  readonly print: (line: string) => void;
  /** Runs the unhurried scenarios, while something is prepared and no speed is measured. */
  readonly meanwhile: () => Promise<void>;
}

export interface Scenario {
  readonly name: string;
  /** No figure of it depends on what else the machine does. */
  readonly unhurried?: true;
  readonly run: (bench: Bench) => Promise<Figure[]>;
}

/** Compares throughputs, and prints each. */
export async function compareThroughput(
  { rounds, print }: Bench,
  title: string,
  contestants: readonly Contestant[],
): Promise<Comparison[]> {
  print(`  ${title}`);
  const measured = await inTurn(rounds, contestants, async ({ name, measure }, round) => {
    const sample = await measure();
    print(`    round ${round}: ${name} ${Math.round(sample.perSecond)}/s`);
    return sample;
  });
  return compared(measured);
}
