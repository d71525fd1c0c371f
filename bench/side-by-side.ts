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
 * Measures all contestants in turn, round by round, because a machine's mood changes within minutes.
 * @param rounds each contestant is measured that often
 */
export async function sideBySide(
  rounds: number,
  contestants: readonly Contestant[],
  onRound: (round: number, samples: ReadonlyMap<string, Sample>) => void,
): Promise<Comparison[]> {
  const all: Map<string, Sample>[] = [];
  for (let round = 1; round <= rounds; round++) {
    const samples = new Map<string, Sample>();
    for (const { name, measure } of contestants) samples.set(name, await measure());
    onRound(round, samples);
    all.push(samples);
  }
  const [baseline] = contestants;
  return contestants.map(({ name }) => {
    const own = all.map((samples) => samples.get(name) as Sample);
    const base = all.map((samples) => samples.get((baseline as Contestant).name) as Sample);
    return { name, rounds: own, ...each((key) => own.map((sample) => sample[key])), ratio: ratios(own, base) };
  });
}

function ratios(own: readonly Sample[], base: readonly Sample[]): Sample {
  return each((key) => own.map((sample, round) => sample[key] / (base[round] as Sample)[key]));
}

function each(values: (key: keyof Sample) => number[]): Sample {
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
