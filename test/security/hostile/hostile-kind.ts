import type { Random } from '../../chaos/random.ts';
import type { Answer } from './hostile-answer.ts';
import type { Stage } from './hostile-stage.ts';

export interface HostileKind {
  readonly name: string;
  readonly count: number;
  /** @param from the address it comes from, unless the kind has one of its own */
  readonly send: (stage: Stage, from: string, random: Random) => Promise<Answer>;
  /** What else it may be answered with: something that tells nothing and does nothing. */
  readonly harmless?: (answer: Answer) => boolean;
}
