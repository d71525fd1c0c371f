import { Random } from '../test/chaos/random.ts';
import type { Intention } from './buyer.ts';
import type { DemoOptions } from './options.ts';

/** Shares of the whole time: by when the last buyer has come, how long places are held, how long who pays thinks. */
const ARRIVING = 0.75;
const HOLDING = 0.15;
const THINKING = 0.1;
/** The higher, the more come at the opening. */
const RUSH = 1.5;
const SEED = 1;

/** How long places are held, and offered, in a sale that takes so long. */
export function holdSecondsOf({ seconds }: Pick<DemoOptions, 'seconds'>): number {
  return Math.max(1, Math.round(seconds * HOLDING));
}

/** The same crowd each time: many at the opening, fewer later; some hold first, and some go away without paying. */
export function createCrowd(options: Pick<DemoOptions, 'buyers' | 'seconds'>): Intention[] {
  const random = new Random(SEED);
  const ms = options.seconds * 1_000;
  return Array.from({ length: options.buyers }, (_, i): Intention => {
    return {
      userId: `buyer-${i + 1}`,
      arrivesAfterMs: ms * ARRIVING * random.next() ** RUSH,
      quantity: random.int(1, 3),
      holdSeconds: random.chance(0.7) ? holdSecondsOf(options) : null,
      pays: random.chance(0.6),
      thinksMs: ms * THINKING * random.next(),
      patient: random.chance(0.15),
    };
  });
}
