import type { Tally } from './hostile-run.ts';
import type { Purchase } from './well-behaved-buyer.ts';

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
