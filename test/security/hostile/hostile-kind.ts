import type { Random } from '../../chaos/random.ts';
import type { Answer } from './hostile-answer.ts';
import { GRAPHQL_KINDS } from './hostile-graphql-kinds.ts';
import { HTTP_KINDS } from './hostile-http-kinds.ts';
import { SOCKET_KINDS } from './hostile-socket-kinds.ts';
import type { Stage } from './hostile-stage.ts';
import { TARGETED_KINDS } from './hostile-targeted-kinds.ts';

export interface HostileKind {
  readonly name: string;
  readonly count: number;
  /** @param from the address it comes from, unless the kind has one of its own */
  readonly send: (stage: Stage, from: string, random: Random) => Promise<Answer>;
  /** What else it may be answered with: something that tells nothing and does nothing. */
  readonly harmless?: (answer: Answer) => boolean;
}

export const KINDS: readonly HostileKind[] = [...HTTP_KINDS, ...GRAPHQL_KINDS, ...TARGETED_KINDS, ...SOCKET_KINDS];
