import { setTimeout as pause } from 'node:timers/promises';
import type { Random } from '../../chaos/random.ts';
import { graphql } from '../../support/graphql-client.ts';
import { type Answer, isFault, isRefusal, leaksIn } from './hostile-answer.ts';
import type { HostileKind } from './hostile-kind.ts';
import { ATTACKERS, type Headers, type Stage } from './hostile-stage.ts';

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

/** The run as Markdown. */
export function hostileTable(title: string, tallies: readonly Tally[], purchases: readonly Purchase[]): string {
  const times = purchases.map(({ ms }) => ms).sort((a, b) => a - b);
  const rows = [...tallies, sumOf(tallies)].map(({ kind, tried, refused, harmless, faults, leaks }) => {
    return `| ${[kind, tried, refused, harmless, faults, leaks].join(' | ')} |`;
  });
  return [
    title,
    '',
    '| kind | tried | refused | no effect | 5xx | leaks |',
    '|---|---:|---:|---:|---:|---:|',
    ...rows,
    '',
    `A buyer meanwhile: ${times.length} bookings, p50 ${percentile(times, 50)} ms, p99 ${percentile(times, 99)} ms, ` +
      `longest ${percentile(times, 100)} ms.`,
    '',
  ].join('\n');
}

export function sumOf(tallies: readonly Tally[]): Tally {
  const sum = (of: (tally: Tally) => number) => tallies.reduce((total, tally) => total + of(tally), 0);
  return {
    kind: 'all',
    tried: sum(({ tried }) => tried),
    refused: sum(({ refused }) => refused),
    harmless: sum(({ harmless }) => harmless),
    faults: sum(({ faults }) => faults),
    leaks: sum(({ leaks }) => leaks),
  };
}

function percentile(sorted: readonly number[], percent: number): string {
  const at = Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100));
  return (sorted[at] ?? Number.NaN).toFixed(0);
}

const PAUSE_MS = 50;
const MAX_BOOKINGS = 5_000;
const BOOK = `mutation ($input: BookTicketInput!) {
  bookTicket(input: $input) { ... on Booking { id } ... on BookingRefused { code } } }`;

export interface Purchase {
  readonly ms: number;
  /** null: booked. */
  readonly problem: string | null;
}

/** Books one place after the other, at a walking pace, until told to stop. */
export function buySteadily(url: string, headers: Headers, eventId: number): { stop(): Promise<Purchase[]> } {
  let stopped = false;
  const purchases: Purchase[] = [];
  const buying = (async () => {
    for (let number = 0; !stopped && number < MAX_BOOKINGS; number++) {
      const since = performance.now();
      const problem = await buy(url, headers, { eventId, idempotencyKey: `good-${number}` }).catch(String);
      purchases.push({ ms: performance.now() - since, problem });
      await pause(PAUSE_MS);
    }
  })();
  return {
    stop: async () => {
      stopped = true;
      await buying;
      return purchases;
    },
  };
}

async function buy(url: string, headers: Headers, input: object): Promise<string | null> {
  type Answer = { bookTicket: { id?: string } };
  const answer = await graphql<Answer>(url, BOOK, { input }, { ...headers });
  return answer.data?.bookTicket.id ? null : JSON.stringify(answer);
}
