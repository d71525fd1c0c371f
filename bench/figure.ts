import type { Comparison, Sample } from './side-by-side.ts';

/** One row of the result. */
export interface Figure {
  /** Path-like and stable: marks and charts find their figures by it. */
  readonly id: string;
  readonly what: string;
  readonly setup: string;
  readonly value: number;
  readonly unit: '/s' | 'ms' | 's' | 'KB' | 'MB';
  readonly p50Ms?: number;
  readonly p99Ms?: number;
  /** To what the figure is compared with, where there is such a thing. */
  readonly ratio?: Sample;
  /** For instance `of the ceiling`. */
  readonly ratioTo?: string;
  /** What was measured in each round, for whoever wants to know how far they were apart. */
  readonly rounds?: readonly unknown[];
}

/** The figures of one comparison; the first contestant is what the others are compared with. */
export function throughputFigures(
  id: string,
  what: string,
  comparisons: readonly Comparison[],
  ratioTo = comparisons[0]?.name,
): Figure[] {
  return comparisons.map(({ name, perSecond, p50Ms, p99Ms, ratio, rounds }, i) => ({
    id: `${id}/${name}`,
    what,
    setup: name,
    value: perSecond,
    unit: '/s',
    p50Ms,
    p99Ms,
    rounds,
    ...(i > 0 && { ratio, ...(ratioTo && { ratioTo }) }),
  }));
}
