import PQueue from 'p-queue';
import type { Random } from '../../chaos/random.ts';
import { BookingLoad } from '../../support/booking-client.ts';
import { markdown } from '../../support/markdown.ts';
import { type Answer, isFault, isRefusal, leaksIn } from './hostile-answer.ts';
import type { HostileKind } from './hostile-kind.ts';
import { ATTACKERS, type Headers, type Stage } from './hostile-stage.ts';

const AT_ONCE = 32;
const MAX_SHOWN = 20;
const MAX_SHOWN_CHARS = 300;

/** `harmless`: answered, and told and did nothing. */
const COUNTED = ['tried', 'refused', 'harmless', 'faults', 'leaks'] as const;
type Counted = (typeof COUNTED)[number];
type Tally = { readonly kind: string } & Record<Counted, number>;

function tallyOf(kind: string, count: (what: Counted) => number): Tally {
  return { kind, ...(Object.fromEntries(COUNTED.map((what) => [what, count(what)])) as Record<Counted, number>) };
}

export function sumOf(tallies: readonly Tally[]): Tally {
  return tallyOf('all', (what) => tallies.reduce((sum, tally) => sum + tally[what], 0));
}

/**
 * Sends every kind as often as it says, mixed, several at a time.
 * @returns the first answers that must not be, each with its kind, in `wrong`
 */
export async function attack(
  kinds: readonly HostileKind[],
  stage: Stage,
  random: Random,
): Promise<{ tallies: Tally[]; wrong: string[] }> {
  const wrong: string[] = [];
  const runs = kinds.map((kind) => ({ kind, tally: tallyOf(kind.name, () => 0) }));
  const mixed = runs
    .flatMap((run) => Array.from({ length: run.kind.count }, () => ({ ...run, at: random.next() })))
    .sort((a, b) => a.at - b.at);
  await new PQueue({ concurrency: AT_ONCE }).addAll(
    mixed.map(({ kind, tally }) => async () => {
      const problem = await sendOne(kind, tally, stage, random).catch(String);
      if (problem !== null && wrong.length < MAX_SHOWN) wrong.push(`${kind.name}: ${problem}`);
    }),
  );
  return { tallies: runs.map(({ tally }) => tally), wrong };
}

async function sendOne(kind: HostileKind, tally: Tally, stage: Stage, random: Random): Promise<string | null> {
  tally.tried++;
  const answer = await kind.send(stage, random.pick(ATTACKERS), random);
  const leaks = leaksIn(answer, stage.secrets);
  const [refused, fault] = [isRefusal(answer), isFault(answer)];
  const harmless = !refused && !fault && (kind.harmless?.(answer) ?? false);
  tally.refused += Number(refused);
  tally.harmless += Number(harmless);
  tally.faults += Number(fault);
  tally.leaks += Number(leaks.length > 0);
  return leaks.length > 0 || fault || !(refused || harmless) ? `${leaks} ${described(answer)}` : null;
}

function described({ statuses, closeCode, text }: Answer): string {
  return JSON.stringify({ statuses, closeCode, text: text.slice(-MAX_SHOWN_CHARS) });
}

/** The run as Markdown. */
export function hostileTable(title: string, tallies: readonly Tally[], purchases: readonly { ms: number }[]): string {
  const times = purchases.map(({ ms }) => Math.round(ms)).sort((a, b) => a - b);
  const at = (share: number) => times[Math.ceil(times.length * share) - 1];
  const rows = [...tallies, sumOf(tallies)].map(({ kind, ...counts }) => [kind, ...Object.values(counts).map(String)]);
  const buyer = `${times.length} bookings, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, longest ${at(1)} ms`;
  return `${title}\n\n${markdown(['kind', ...COUNTED], rows)}\n\nA buyer meanwhile: ${buyer}.\n`;
}

/** Books one place after the other, at a walking pace, until told to stop. */
export function buySteadily(url: string, headers: Headers, eventId: string) {
  const wish = () => ({ userId: 'good-buyer' });
  const load = new BookingLoad([url], eventId, { concurrency: 1, pauseMs: 50, maxAttempts: 5_000, headers, wish });
  return {
    stop: async () =>
      (await load.stop()).map(({ startedAt, endedAt, outcome }) => {
        return { ms: endedAt - startedAt, problem: outcome.kind === 'booked' ? null : JSON.stringify(outcome) };
      }),
  };
}
