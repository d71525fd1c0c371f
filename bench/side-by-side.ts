/** One measurement of one contestant. */
export interface Sample {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface Contestant {
  readonly name: string;
  readonly measure: () => Promise<Sample>;
}

/** The medians of a contestant's rounds. Ratios are to the first contestant, medians of the ratios of each round. */
export interface Comparison extends Sample {
  readonly name: string;
  readonly rounds: readonly Sample[];
  readonly ratio: Sample;
}

/**
 * Measures all in turn, round by round, because a machine's mood changes within minutes.
 * @returns what was measured of each, by round
 */
export async function inTurn<C, T>(
  rounds: number,
  contestants: readonly C[],
  measure: (contestant: C, round: number) => Promise<T>,
): Promise<Map<C, T[]>> {
  const measured = new Map<C, T[]>(contestants.map((one) => [one, []]));
  for (let round = 1; round <= rounds; round++) {
    for (const one of contestants) measured.get(one)?.push(await measure(one, round));
  }
  return measured;
}

export function compared(measured: ReadonlyMap<Contestant, readonly Sample[]>): Comparison[] {
  const [base = []] = measured.values();
  return [...measured].map(([{ name }, rounds]) => ({
    name,
    rounds,
    ...medians((key) => rounds.map((sample) => sample[key])),
    ratio: medians((key) => rounds.map((sample, round) => sample[key] / (base[round] as Sample)[key])),
  }));
}

function medians(values: (key: keyof Sample) => number[]): Sample {
  return {
    perSecond: median(values('perSecond')),
    p50Ms: median(values('p50Ms')),
    p99Ms: median(values('p99Ms')),
  };
}

/** The nearest rank. @param sorted ascending */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length % 2 === 1) return sorted[middle] as number;
  return ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}
