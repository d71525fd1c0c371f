import type { Random } from '../../chaos/random.ts';
import { type Answer, isFault, isRefusal, leaksIn } from './hostile-answer.ts';
import type { HostileKind } from './hostile-kind.ts';
import { ATTACKERS, type Stage } from './hostile-stage.ts';

const AT_ONCE = 32;
const MAX_SHOWN = 20;
const MAX_SHOWN_CHARS = 300;

export interface Tally {
  readonly kind: string;
  tried: number;
  refused: number;
  /** Answered, and told and did nothing. */
  harmless: number;
  faults: number;
  leaks: number;
}

export interface HostileRun {
  readonly tallies: readonly Tally[];
  /** The first answers that must not be, each with its kind. */
  readonly wrong: readonly string[];
}

/** Sends every kind as often as it says, mixed, several at a time. */
export async function attack(kinds: readonly HostileKind[], stage: Stage, random: Random): Promise<HostileRun> {
  const tallies = kinds.map(({ name }): Tally => {
    return { kind: name, tried: 0, refused: 0, harmless: 0, faults: 0, leaks: 0 };
  });
  const wrong: string[] = [];
  const left = shuffled(
    kinds.flatMap(({ count }, kind) => Array.from({ length: count }, () => kind)),
    random,
  );

  async function sendOne(index: number): Promise<void> {
    const [kind, tally] = [kinds[index] as HostileKind, tallies[index] as Tally];
    const note = (what: string) => wrong.length < MAX_SHOWN && wrong.push(`${kind.name}: ${what}`);
    tally.tried += 1;
    try {
      const answer = await kind.send(stage, random.pick(ATTACKERS), random);
      const leaks = leaksIn(answer, stage.secrets);
      const [refused, fault] = [isRefusal(answer), isFault(answer)];
      const harmless = !refused && !fault && (kind.harmless?.(answer) ?? false);
      tally.refused += Number(refused);
      tally.harmless += Number(harmless);
      tally.faults += Number(fault);
      tally.leaks += Number(leaks.length > 0);
      if (leaks.length > 0 || fault || !(refused || harmless)) note(`${leaks} ${described(answer)}`);
    } catch (error) {
      note(String(error));
    }
  }

  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let next = left.pop(); next !== undefined; next = left.pop()) await sendOne(next);
    }),
  );
  return { tallies, wrong };
}

function described({ statuses, closeCode, text }: Answer): string {
  return JSON.stringify({ statuses, closeCode, text: text.slice(-MAX_SHOWN_CHARS) });
}

/** Fisher and Yates. */
function shuffled<T>(items: T[], random: Random): T[] {
  for (let i = items.length - 1; i > 0; i--) {
    const j = random.int(0, i);
    [items[i], items[j]] = [items[j] as T, items[i] as T];
  }
  return items;
}
